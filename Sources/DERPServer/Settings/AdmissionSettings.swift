import DERPKit

/// The settings about which clients are admitted.
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
    init(_ given: GivenFlags<AdmissionFlags>) throws(UsageError) {
        self.allowFile = try given.allowFile
        self.denyFile = try given.denyFile
        let socket = try given.tailscaledSocket ?? TailscaledVerifier.standardSocketPath
        self.tailscaledSocket = try given.asksTailscaled ? socket : nil
        self.controllers = try given.controllers
        self.controllersFailOpen = try given.failsOpen
        self.allowLifetime = try given.allowLifetime
        self.denyLifetime = try given.denyLifetime
        let interval = try given.reverifyInterval
        self.reverifyInterval = interval > .zero ? interval : nil
    }

    /// Whether tailscaled or a controller is asked about clients.
    var asksSomebody: Bool { self.tailscaledSocket != nil || !self.controllers.isEmpty }

    /// Whether a client with a key on no list may be refused.
    var isSelective: Bool { self.asksSomebody || self.allowFile != nil }
}
