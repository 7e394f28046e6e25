import DERPKit

extension ServerSettings {
    /// The certificates in ``caFile``.
    ///
    /// - Throws: ``StartError`` when they can't be read.
    func authorities() throws(StartError) -> String? {
        do {
            return try self.caFile.map { path throws(DERPError) in try HTTPClient.readAuthorities(at: path) }
        } catch {
            throw StartError("--ca-file", error)
        }
    }
}
