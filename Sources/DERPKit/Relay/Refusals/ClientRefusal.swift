/// That a client which has logged in may not stay, and what it is told.
struct ClientRefusal: Sendable {
    let key: NodePublicKey
    let cause: Cause
    /// The text of the Health frame.
    let notice: String

    /// What would have to change for the client to be let in.
    enum Cause: Sendable {
        /// The lists of keys.
        case lists
        /// Another client has to leave.
        case full
        /// Others decide, who are asked when it comes again.
        case verdict
        /// Those who decide have to be reached again.
        case undecided
        /// It was sent away (``RelayServer/disconnect(_:reason:)``), and may come back.
        case sentAway
    }
}

extension ClientRefusal {
    /// - Parameters:
    ///   - decision: one that refuses.
    ///   - isListed: whether it is for the lists of keys.
    init(_ key: NodePublicKey, _ decision: AdmissionDecision, isListed: Bool) {
        self.key = key
        self.cause = isListed ? .lists : decision.refusal?.isVerdict == true ? .verdict : .undecided
        self.notice = "This relay does not admit this client: \(decision.notice ?? "")."
    }

    /// The program that embeds the relay wants it to leave, and says why.
    static func sentAway(_ key: NodePublicKey, reason: String) -> Self {
        Self(key: key, cause: .sentAway, notice: "This relay has disconnected this client: \(reason).")
    }

    /// There are as many clients as there may be.
    static func full(_ key: NodePublicKey) -> Self {
        Self(key: key, cause: .full, notice: "This relay serves as many clients as it may.")
    }
}
