extension DERPClient {
    /// How a client logs in, and its timeouts and limits. The defaults suit ordinary clients.
    public struct Options: Sendable {
        /// How the client asks for DERP.
        package enum Start: Hashable, Sendable {
            /// Without an HTTP response if the server offers that in its meta certificate, which takes TLS 1.3.
            /// Otherwise with an HTTP upgrade.
            case automatic
            /// Always with an HTTP upgrade.
            case upgrade
            /// Always without an HTTP response.
            case fastStart
        }

        /// The ClientInfo that the client sends.
        public var info: ClientInfo
        /// How the client asks for DERP. By default the quickest way that the server offers.
        package var start = Start.automatic
        /// The key that the server must have; `nil` accepts any.
        public var serverKey: NodePublicKey?
        /// The name of the region's node that the client prefers; `nil` if it is this one.
        public var idealNode: String?
        /// Whether the server reports every client that is connected, connects or disconnects. Needs the server's mesh
        /// key. Without it, the server closes the connection.
        public var watchesConnections = false
        /// How long connecting may take in all: DNS, TCP, TLS, the upgrade and the login.
        public var connectTimeout: Duration = .seconds(10)
        /// How long the server may be silent while the client receives. Servers send something at least every 65 s.
        public var readTimeout: Duration = .seconds(120)
        /// How long the server may read nothing while bytes wait to be sent.
        public var writeTimeout: Duration = .seconds(10)
        /// How many bytes may wait to be sent. At least 128 KiB, so that a packet of the largest size fits.
        public var sendBuffer = 256 * 1024

        /// Makes the options of an ordinary client.
        ///
        /// - Parameter info: The ClientInfo to send; `nil` for one that says only that the client answers pings.
        public init(info: ClientInfo? = nil) {
            self.info = info ?? ClientInfo()
            if info == nil { self.info.canAckPings = true }
        }
    }
}
