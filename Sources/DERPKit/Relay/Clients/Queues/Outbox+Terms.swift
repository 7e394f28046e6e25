extension Outbox {
    /// The limits and the role of one kind of connection.
    struct Terms {
        /// The maximum size of waiting control frames, in bytes.
        var controlLimit = 256 * 1024
        /// How long the peer may take nothing of what waits. `nil`: forever.
        var writeTimeout: Duration?
        /// Whether it is a link of the mesh. Its packets leave as ForwardPacket frames, from queues of its own.
        var isLink = false
        /// Whether it is another node's link to this node.
        var isMeshPeer = false

        /// Whether it belongs to an ordinary client.
        var isClient: Bool { !self.isLink && !self.isMeshPeer }

        static func client(of relay: RelayLoop) -> Self { Self(writeTimeout: relay.writeTimeout) }

        /// The terms of a mesh peer. Much of what it watches may change at once, and it is trusted to read in the end.
        static let meshPeer = Self(
            controlLimit: 8 << 20,
            writeTimeout: Self.meshWriteTimeout,
            isMeshPeer: true
        )

        static let link = Self(writeTimeout: Self.meshWriteTimeout, isLink: true)

        private static let meshWriteTimeout: Duration = .seconds(30)

        /// The size of a frame without the packet in it, in bytes.
        var packetOverhead: Int { self.isLink ? PacketFrame.forwardOverhead : PacketFrame.overhead }

        /// The maximum size of the packets that wait on a link, in bytes. A link carries many clients' packets, so this
        /// is as much as 5 clients' queues.
        static let linkDataBlock = 1 << 20
        static let linkDiscoBlock = 128 * 1024
    }
}
