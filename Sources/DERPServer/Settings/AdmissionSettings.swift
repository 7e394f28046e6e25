import DERPKit

/// What the command line says of who is admitted.
struct AdmissionSettings: Hashable {
    var allowFile: String?
    var denyFile: String?
    var reverifyInterval: Duration?

    /// Takes the flags of admission.
    ///
    /// - Throws: ``UsageError`` with the flag that is wrong.
    init(_ options: AdmissionOptions) throws(UsageError) {
        self.allowFile = options.allowFile.isEmpty ? nil : options.allowFile
        self.denyFile = options.denyFile.isEmpty ? nil : options.denyFile
        let interval = try FlagValue("--reverify-interval", options.reverifyInterval)
            .duration(zeroOr: .seconds(1)...(.seconds(86400)))
        self.reverifyInterval = interval > .zero ? interval : nil
    }
}

extension AdmissionSettings {
    /// The policy, with the lists read.
    ///
    /// - Throws: ``StartError`` with the flag of a file that can't be used.
    func policy() throws(StartError) -> AdmissionPolicy {
        var policy = AdmissionPolicy()
        let allow = try Self.list("--allow-file", self.allowFile)
        let deny = try Self.list("--deny-file", self.denyFile)
        if allow != nil || deny != nil { policy.lists = KeyLists(allow: allow, deny: deny) }
        policy.reverifyInterval = self.reverifyInterval
        return policy
    }

    private static func list(_ flag: String, _ path: String?) throws(StartError) -> KeyListFile? {
        guard let path else { return nil }
        do {
            return try KeyListFile(path: path)
        } catch {
            throw StartError(flag, error as? DERPError ?? DERPError(.invalidConfiguration, "can't use \(path)"))
        }
    }
}
