import DERPKit

/// What the command line says of who is admitted.
struct AdmissionSettings: Hashable {
    var allowFile: String?
    var denyFile: String?
    /// The socket of the local tailscaled, when it is asked.
    var tailscaledSocket: String?
    var controllers: [String]
    /// Whether clients are admitted while a controller can't be reached.
    var controllersFailOpen: Bool
    var allowLifetime: Duration
    var denyLifetime: Duration
    var reverifyInterval: Duration?

    /// Takes the flags of admission.
    ///
    /// - Throws: ``UsageError`` with the flag that is wrong.
    init(_ options: AdmissionOptions) throws(UsageError) {
        self.allowFile = options.allowFile.isEmpty ? nil : options.allowFile
        self.denyFile = options.denyFile.isEmpty ? nil : options.denyFile
        self.tailscaledSocket = options.verifyClients ? try Self.socket(options.socket) : nil
        self.controllers = try options.verifyClientURLs.filter { !$0.isEmpty }.map(Self.controller)
        self.controllersFailOpen = options.verifyClientURLFailOpen
        let lifetimes = Duration.milliseconds(1)...(.seconds(86400))
        self.allowLifetime = try FlagValue("--verify-cache-allow", options.verifyCacheAllow).duration(zeroOr: lifetimes)
        self.denyLifetime = try FlagValue("--verify-cache-deny", options.verifyCacheDeny).duration(zeroOr: lifetimes)
        let interval = try FlagValue("--reverify-interval", options.reverifyInterval)
            .duration(zeroOr: .seconds(1)...(.seconds(86400)))
        self.reverifyInterval = interval > .zero ? interval : nil
    }

    private static func socket(_ path: String) throws(UsageError) -> String {
        if path.isEmpty { return TailscaledVerifier.standardSocketPath }
        guard path.utf8.count <= 107, !path.utf8.contains(0) else {
            throw UsageError("-socket is the path of a Unix socket, 107 bytes at most, not \(UsageError.quote(path))")
        }
        return path
    }

    private static func controller(_ text: String) throws(UsageError) -> String {
        // Not shown: there may be a secret in it.
        guard HTTPURL(text) != nil else { throw UsageError("-verify-client-url is an http or https URL") }
        return text
    }
}
