extension AdmissionDecision {
    /// The reason why a client is refused. Later versions may add more reasons.
    public struct Reason: Hashable, Sendable {
        let kind: Kind

        enum Kind: Int, CaseIterable, Sendable {
            case denied, denyList, allowList, tailscaled, controller, unavailable, timeout, busy, exhausted
        }

        init(_ kind: Kind) { self.kind = kind }

        /// A ``ClientVerifier`` refuses this client for a reason of its own.
        public static let denied = Self(.denied)
        /// The client's key is on a deny list.
        public static let denyList = Self(.denyList)
        /// There is an allow list, and the client's key is not on it.
        public static let allowList = Self(.allowList)
        /// The local tailscaled doesn't know the client's key.
        public static let tailscaled = Self(.tailscaled)
        /// An admission controller refused the client.
        public static let controller = Self(.controller)
        /// A verifier can't be reached, or sends an answer that can't be read.
        public static let unavailable = Self(.unavailable)
        /// A verifier took too long.
        public static let timeout = Self(.timeout)
        /// Too many clients already wait for a decision.
        public static let busy = Self(.busy)
        /// The relay's machine ran out of files, memory or ports, so it can't ask. The verifier is not at fault.
        public static let exhausted = Self(.exhausted)

        /// Whether a verifier or a list decided about this client. False if nobody could be asked.
        package var isVerdict: Bool {
            switch self.kind {
            case .denied, .denyList, .allowList, .tailscaled, .controller: true
            case .unavailable, .timeout, .busy, .exhausted: false
            }
        }

        /// Whether the refusal is remembered. False for shortages, which may be over a moment later.
        var isRemembered: Bool { self.kind != .busy && self.kind != .exhausted }
    }
}

extension AdmissionDecision.Reason: CustomStringConvertible {
    /// The text that the client gets, as the end of a sentence.
    public var description: String {
        switch self.kind {
        case .denied: "it is not admitted here"
        case .denyList: "its node key is on the deny list"
        case .allowList: "its node key is not on the allow list"
        case .tailscaled: "its node key is unknown to the relay's tailnet"
        case .controller: "the admission controller said no"
        case .unavailable, .exhausted: "the relay can't verify clients now"
        case .timeout: "verifying it took too long"
        case .busy: "the relay is verifying too many clients now"
        }
    }
}

extension AdmissionDecision.Reason.Kind {
    /// The value of the label in the metrics.
    var label: String {
        switch self {
        case .denied: "denied"
        case .denyList: "deny_list"
        case .allowList: "allow_list"
        case .tailscaled: "tailscaled"
        case .controller: "controller"
        case .unavailable: "unavailable"
        case .timeout: "timeout"
        case .busy: "busy"
        case .exhausted: "exhausted"
        }
    }
}
