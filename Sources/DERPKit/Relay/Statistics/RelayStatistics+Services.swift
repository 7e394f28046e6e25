extension RelayStatistics {
    /// The mesh.
    public struct Mesh: Hashable, Sendable {
        /// Keys that are connected to other nodes now, and not here.
        public internal(set) var remoteClients: Int
        /// Mesh peers that are told now which clients come and go.
        public internal(set) var watchers: Int
        /// Packets from other nodes.
        public internal(set) var packetsIn: UInt64
        /// Packets to other nodes.
        public internal(set) var packetsOut: UInt64
        /// Bytes of the packets from other nodes, without headers.
        public internal(set) var bytesIn: UInt64
        /// Bytes of the packets to other nodes, without headers.
        public internal(set) var bytesOut: UInt64
        /// The link to each other node, in the order of the configuration.
        public internal(set) var links: [Link]

        /// The link to another node.
        public struct Link: Hashable, Sendable {
            /// The other node, as host and port.
            public let node: String
            /// The link's current state.
            public let state: State
            /// Keys that are connected to the other node now.
            public let clients: Int
            /// How often the link came up.
            public let connects: UInt64
            /// How often the link couldn't be made, or broke.
            public let failures: UInt64

            /// The state of a link. Later versions may add more states.
            public struct State: Hashable, Sendable, CustomStringConvertible {
                let state: MeshLinkStatus.State

                /// The link is being made, or waits for the next try.
                public static let down = Self(state: .down)
                /// The other node tells who is connected there.
                public static let up = Self(state: .up)
                /// The link leads to this node itself, and is not needed.
                public static let ownNode = Self(state: .ownNode)

                /// The label's value in the metrics, such as `own_node`.
                public var description: String { self.state.label }
            }

            init(_ status: MeshLinkStatus) {
                self.node = status.node
                self.state = State(state: status.state)
                self.clients = status.clients
                self.connects = status.connects
                self.failures = status.failures
            }
        }
    }

    /// The certificates that are shown to clients.
    public struct Certificates: Hashable, Sendable {
        /// The state of the certificate of each name, including its expiry.
        public internal(set) var status: [CertificateSet.Status]
        /// Certificates put to use, including the first ones.
        public internal(set) var replacements: UInt64
        /// New certificates that could not be obtained or used.
        public internal(set) var failures: UInt64
        /// TLS clients for which there was no certificate.
        public internal(set) var refusals: UInt64
    }

    /// The DERP map that is served.
    public struct Map: Hashable, Sendable {
        /// Its regions.
        public internal(set) var regions: Int
        /// The number of sources of the map.
        public internal(set) var sources: Int
        /// Sources that couldn't be read at the last attempt.
        public internal(set) var staleSources: Int
        /// URLs that have not answered since the start.
        public internal(set) var pendingSources: Int
        /// Tries to read a source that failed.
        public internal(set) var sourceFailures: UInt64
    }

    /// STUN requests.
    public struct STUN: Hashable, Sendable {
        /// Requests over IPv4.
        public internal(set) var requestsIPv4: UInt64
        /// Requests over IPv6.
        public internal(set) var requestsIPv6: UInt64
        /// STUN messages that are not a node's request. They are not answered.
        public internal(set) var refused: UInt64
        /// Datagrams without STUN's header. They are not answered.
        public internal(set) var notSTUN: UInt64
        /// Answers that the kernel did not take.
        public internal(set) var writeErrors: UInt64
    }

    /// `/bootstrap-dns`.
    public struct BootstrapDNS: Hashable, Sendable {
        /// Names whose addresses are told now.
        public internal(set) var names: Int
        /// Requests for these names.
        public internal(set) var requests: UInt64
        /// Look-ups of names that failed.
        public internal(set) var failures: UInt64
    }

    /// Taking over from another process, and handing over to one.
    public struct Takeover: Hashable, Sendable {
        /// Sockets that the previous process handed over.
        public internal(set) var inheritedSockets: Int
        /// Processes that took over from this one.
        public internal(set) var completed: UInt64
        /// Processes that wanted to take over, and were refused or failed.
        public internal(set) var refused: UInt64
    }
}
