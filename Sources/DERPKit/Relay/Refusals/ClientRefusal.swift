/// Why a client that has logged in may not stay, and what it is told.
struct ClientRefusal: Sendable {
    let key: NodePublicKey
    let cause: Cause
    /// The text of the Health frame.
    let notice: String

    /// What would have to change for the client to be let in.
    enum Cause: Sendable {
        /// The key lists.
        case lists
        /// Another client has to leave.
        case full
        /// A verifier's decision. It is asked again when the client comes back.
        case verdict
        /// The verifiers have to be reachable again.
        case undecided
        /// Nothing: the client was sent away (``RelayServer/disconnect(_:reason:)``), and may come back.
        case sentAway
    }
}

extension ClientRefusal {
    /// Creates the refusal for a decision.
    ///
    /// - Parameters:
    ///   - decision: A decision that refuses the client.
    ///   - isListed: Whether the key lists refuse it.
    init(_ key: NodePublicKey, _ decision: AdmissionDecision, isListed: Bool) {
        self.key = key
        self.cause = isListed ? .lists : decision.refusal?.isVerdict == true ? .verdict : .undecided
        self.notice = "This relay does not admit this client: \(decision.notice ?? "")."
    }

    /// Returns the refusal of a client that the program that embeds the relay sends away for `reason`.
    static func sentAway(_ key: NodePublicKey, reason: String) -> Self {
        Self(key: key, cause: .sentAway, notice: "This relay has disconnected this client: \(reason).")
    }

    /// Returns the refusal of a client for which there is no place.
    static func full(_ key: NodePublicKey) -> Self {
        Self(key: key, cause: .full, notice: "This relay serves as many clients as it may.")
    }
}
