extension CheckFinding {
    /// The subject of a finding. Later versions may add more topics. The raw values of existing topics stay the same.
    public struct Topic: Hashable, Sendable {
        /// The topic's name, as in the output of `DERPServer check --json`.
        package let rawValue: String

        /// Makes a topic from its name.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The region as a whole, or its entry in the map.
        public static let region = Self(rawValue: "region")
        /// The host name of a node, and its addresses.
        public static let address = Self(rawValue: "address")
        /// TCP and TLS connections to a node.
        public static let connection = Self(rawValue: "connection")
        /// The certificate of a node.
        public static let certificate = Self(rawValue: "certificate")
        /// Logging in to a node.
        public static let login = Self(rawValue: "login")
        /// Whether a node admits the client that checks it.
        public static let admission = Self(rawValue: "admission")
        /// The key by which a node identifies itself.
        public static let serverKey = Self(rawValue: "serverKey")
        /// Relaying packets through one node.
        public static let relaying = Self(rawValue: "relaying")
        /// Relaying packets from one node of a region to another.
        public static let mesh = Self(rawValue: "mesh")
        /// A node's answers to STUN requests.
        public static let stun = Self(rawValue: "stun")
        /// The page on port 80 by which clients find captive portals.
        public static let captivePortal = Self(rawValue: "captivePortal")
    }
}

extension CheckFinding.Topic: CustomStringConvertible {
    /// The topic's name, as in the output of `DERPServer check --json`.
    public var description: String { self.rawValue }
}
