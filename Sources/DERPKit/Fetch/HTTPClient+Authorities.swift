extension HTTPClient {
    /// The certificates in a file of at most 4 MiB, for ``init(on:authoritiesPEM:resolver:)``.
    ///
    /// - Throws: ``DERPError`` with code `certificate` when it can't be read.
    package static func readAuthorities(at path: String) throws(DERPError) -> String {
        do {
            return try FileReader.text(at: path, limit: 4 << 20)
        } catch {
            throw DERPError(.certificate, "can't read \(path): \(error)")
        }
    }
}
