/// The names that `/bootstrap-dns` tells the addresses of, beside those in the map: for clients whose own DNS fails.
public struct BootstrapNames: Hashable, Sendable {
    /// Names that everybody is told.
    public var published: [String] = []
    /// Names whose addresses only those are told who ask for them.
    public var unpublished: [String] = []

    public init() {}

    /// Of all names together, these many are looked up; those of ``published`` first, then ``unpublished``, then the map's.
    static let limit = 1024

    /// - Throws: ``DERPError`` with code `invalidConfiguration` for what is no DNS name.
    func validate() throws(DERPError) {
        for name in self.published + self.unpublished where !Self.isName(name) {
            throw DERPError(.invalidConfiguration, "\(SourceText.quote(name)) is no DNS name")
        }
    }

    /// Whether `text` is a DNS name, and no address.
    package static func isName(_ text: String) -> Bool {
        guard case .name = CertificateHost(text)?.kind else { return false }
        return true
    }
}
