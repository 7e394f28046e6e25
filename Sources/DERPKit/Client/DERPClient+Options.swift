extension DERPClient {
    /// How a client logs in, and how patient it is. Every default is what an ordinary client wants.
    public struct Options: Sendable {
        /// How the client asks for DERP.
        public enum Start: Hashable, Sendable {
            /// Without an HTTP response where the server offers that: by its meta certificate, under TLS 1.3.
            case automatic
            /// Always with an HTTP upgrade.
            case upgrade
            /// Always without an HTTP response.
            case fastStart
        }

        /// What the client tells of itself.
        public var info: ClientInfo
        /// How the client asks for DERP. By default the quickest way that the server offers.
        public var start = Start.automatic
        /// The key that the server must show; `nil` takes any.
        public var serverKey: NodePublicKey?
        /// The name of the region's node that the client would rather have; `nil` when this is it.
        public var idealNode: String?
        /// Whether to be told of every client that is connected, comes or goes. Only with the server's mesh key, or the
        /// server closes the connection.
        public var watchesConnections = false
        /// How long connecting may take: looking up the name, TCP, TLS, the upgrade, and being admitted.
        public var connectTimeout: Duration = .seconds(10)
        /// How long the server may say nothing while it is listened to. Servers send something at least every 65 s.
        public var readTimeout: Duration = .seconds(120)
        /// How long the server may take no byte while something waits to be sent.
        public var writeTimeout: Duration = .seconds(10)
        /// How much may wait to be sent, in bytes. At least 128 KiB, so that a largest packet fits.
        public var sendBuffer = 256 * 1024

        /// The options of an ordinary client.
        ///
        /// - Parameter info: What the client tells of itself; `nil`: that it answers pings.
        public init(info: ClientInfo? = nil) {
            self.info = info ?? ClientInfo()
            if info == nil { self.info.canAckPings = true }
        }
    }
}
