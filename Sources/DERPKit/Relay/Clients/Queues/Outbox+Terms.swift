extension Outbox {
    /// What holds for one kind of connection.
    struct Terms {
        /// How many bytes of control frames may wait.
        var controlLimit = 256 * 1024
        /// How long the peer may take nothing of what waits; `nil`: for ever.
        var writeTimeout: Duration?
        /// Whether it is a link of the mesh: packets leave as ForwardPacket frames, from queues of its own.
        var isLink = false
        /// Whether it is another node's link to this one.
        var isMeshPeer = false

        /// Whether it is an ordinary client's.
        var isClient: Bool { !self.isLink && !self.isMeshPeer }

        /// A client's.
        static func client(of relay: RelayLoop) -> Self { Self(writeTimeout: relay.writeTimeout) }

        /// A mesh peer's: what it watches may change much at once, and it is trusted to read in the end.
        static let meshPeer = Self(
            controlLimit: 8 << 20,
            writeTimeout: Self.meshWriteTimeout,
            isMeshPeer: true
        )

        /// A link's to another node.
        static let link = Self(writeTimeout: Self.meshWriteTimeout, isLink: true)

        private static let meshWriteTimeout: Duration = .seconds(30)

        /// What a frame is longer than the packet in it, in bytes.
        var packetOverhead: Int { self.isLink ? PacketFrame.forwardOverhead : PacketFrame.overhead }

        /// How many bytes of packets may wait on a link, on which many clients' packets go: as much as 5 clients' queues.
        static let linkDataBlock = 1 << 20
        static let linkDiscoBlock = 128 * 1024
    }
}
