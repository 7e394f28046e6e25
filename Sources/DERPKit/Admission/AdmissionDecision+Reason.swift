extension AdmissionDecision {
    /// Why a client is refused. More reasons may be added in later versions.
    public struct Reason: Hashable, Sendable {
        let kind: Kind

        enum Kind: Int, CaseIterable, Sendable {
            case denied, denyList, allowList, tailscaled, controller, unavailable, timeout, busy, exhausted
        }

        init(_ kind: Kind) { self.kind = kind }

        /// Whoever decides does not want this client.
        public static let denied = Self(.denied)
        /// Its key is on a deny list.
        public static let denyList = Self(.denyList)
        /// There is an allow list, and its key is not on it.
        public static let allowList = Self(.allowList)
        /// The local tailscaled doesn't know its key.
        public static let tailscaled = Self(.tailscaled)
        /// An admission controller said no.
        public static let controller = Self(.controller)
        /// Whoever decides can't be reached, or sends an answer that can't be understood.
        public static let unavailable = Self(.unavailable)
        /// Whoever decides took too long.
        public static let timeout = Self(.timeout)
        /// Too many clients wait to be decided about.
        public static let busy = Self(.busy)
        /// The relay's machine has no more of what it takes to ask: files, memory, ports. Not the fault of who decides.
        public static let exhausted = Self(.exhausted)

        /// Whether somebody decided about this client, rather than that nobody could be asked.
        public var isVerdict: Bool {
            switch self.kind {
            case .denied, .denyList, .allowList, .tailscaled, .controller: true
            case .unavailable, .timeout, .busy, .exhausted: false
            }
        }

        /// Whether the client's next login is likely to end alike: what is short here may be there in a moment.
        var isRemembered: Bool { self.kind != .busy && self.kind != .exhausted }
    }
}

extension AdmissionDecision.Reason: CustomStringConvertible {
    /// What the client is told, as the end of a sentence.
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
    /// The label's value in the metrics.
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
