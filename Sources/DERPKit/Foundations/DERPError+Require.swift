extension DERPError {
    /// Checks a setting.
    ///
    /// - Throws: An error with code `invalidConfiguration` and `message` when `condition` is false.
    static func require(_ condition: Bool, _ message: String) throws(DERPError) {
        guard condition else { throw DERPError(.invalidConfiguration, message) }
    }
}
