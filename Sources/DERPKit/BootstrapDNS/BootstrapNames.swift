/// The names whose addresses `/bootstrap-dns` returns, in addition to those in the map, for clients whose own DNS
/// fails.
public struct BootstrapNames: Hashable, Sendable {
    /// The names that everybody is told.
    public var published: [String] = []
    /// The names whose addresses are told only to clients that ask for them.
    public var unpublished: [String] = []

    /// No names but those of the map.
    public init() {}

    /// The number of names that are looked up in all: first those of ``published``, then ``unpublished``, then the
    /// map's.
    static let limit = 1024

    /// - Throws: ``DERPError`` with code `invalidConfiguration` for text that isn't a DNS name.
    func validate() throws(DERPError) {
        for name in self.published + self.unpublished where !Self.isName(name) {
            throw DERPError(.invalidConfiguration, "\(SourceText.quote(name)) is not a DNS name")
        }
    }

    /// Returns whether `text` is a DNS name, and not an address.
    package static func isName(_ text: String) -> Bool {
        guard case .name = CertificateHost(text)?.kind else { return false }
        return true
    }
}
