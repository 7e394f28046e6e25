extension CheckFinding {
    /// What a finding is about. More may be added in later versions; the raw value of one stays the same.
    public struct Topic: RawRepresentable, Hashable, Sendable {
        /// The topic's name, as `DERPServer check --json` gives it.
        public let rawValue: String

        /// Makes a topic from its name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The region as a whole, or its entry in the map.
        public static let region = Self(rawValue: "region")
        /// The name of a node, and its addresses.
        public static let address = Self(rawValue: "address")
        /// Connecting to a node, and TLS.
        public static let connection = Self(rawValue: "connection")
        /// The certificate that a node shows.
        public static let certificate = Self(rawValue: "certificate")
        /// Logging in to a node.
        public static let login = Self(rawValue: "login")
        /// Whether a node admits the client that checks it.
        public static let admission = Self(rawValue: "admission")
        /// The key by which a node names itself.
        public static let serverKey = Self(rawValue: "serverKey")
        /// Packets through one node.
        public static let relaying = Self(rawValue: "relaying")
        /// Packets from one node of a region to another.
        public static let mesh = Self(rawValue: "mesh")
        /// A node's answers over UDP.
        public static let stun = Self(rawValue: "stun")
        /// The page at port 80 by which clients find captive portals.
        public static let captivePortal = Self(rawValue: "captivePortal")
    }
}

extension CheckFinding.Topic: CustomStringConvertible {
    /// The ``rawValue``.
    public var description: String { self.rawValue }
}
