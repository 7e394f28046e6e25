import DERPKit

extension BootstrapNames {
    /// Takes the flags of `/bootstrap-dns`.
    ///
    /// - Throws: ``UsageError`` with the flag that is wrong.
    init(_ options: BootstrapOptions) throws(UsageError) {
        self.init()
        self.published = try Self.list("-bootstrap-dns-names", options.names)
        self.unpublished = try Self.list("-unpublished-bootstrap-dns-names", options.unpublishedNames)
    }

    private static func list(_ flag: String, _ text: String) throws(UsageError) -> [String] {
        let names = text.parts(at: ",").map { String($0.trimmed) }.filter { !$0.isEmpty }
        guard names.count <= 256 else { throw UsageError("\(flag) takes up to 256 names") }
        for name in names where !Self.isName(name) {
            guard !name.holds("/") else {
                throw UsageError(
                    "\(flag) takes names alone: what stands behind a slash is for Tailscale's own roll-outs, and is not supported"
                )
            }
            throw UsageError("\(flag) takes DNS names, not \(UsageError.quote(name))")
        }
        return names
    }
}
