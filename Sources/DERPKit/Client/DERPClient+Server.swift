import AsyncSockets

extension DERPClient {
    /// A relay, and how it is reached.
    public struct Server: Sendable {
        /// What protects the connection.
        public enum Security: Sendable {
            /// TLS, with a certificate that this trusts.
            case tls(ServerTrust)
            /// Plain HTTP: for tests, and within a machine.
            case none
        }

        /// A name, or an IP literal without brackets: for the look-up, the Host field, and the certificate.
        public var host: String
        /// 1…65535.
        public var port: UInt16
        /// Where to connect, in the order of preference. Empty: where DNS says that ``host`` is.
        public var addresses: [IPAddress]
        /// What protects the connection.
        public var security: Security

        /// A relay at `host`, which DNS finds unless there are `addresses`.
        public init(host: String, port: UInt16, addresses: [IPAddress] = [], security: Security) {
            self.host = host
            self.port = port
            self.addresses = addresses
            self.security = security
        }

        /// Reads an `http` or `https` URL; path and query are ignored, as a relay has only one.
        ///
        /// - Parameters:
        ///   - url: Such as `https://derp.example.com`.
        ///   - addresses: Where to connect instead of asking DNS.
        ///   - trust: For `https`; `nil`: the system's authorities and the host's name.
        /// - Throws: ``DERPError`` with code `invalidConfiguration` when it is no such URL.
        public init(
            url: some StringProtocol,
            addresses: [IPAddress] = [],
            trust: ServerTrust? = nil
        ) throws(DERPError) {
            guard let parsed = HTTPURL(url) else {
                throw DERPError(.invalidConfiguration, "a relay's URL is http:// or https:// and a host")
            }
            let security: Security
            if !parsed.isSecure {
                security = .none
            } else if let trust {
                security = .tls(trust)
            } else {
                security = .tls(try ServerTrust())
            }
            self.init(host: parsed.name, port: parsed.port, addresses: addresses, security: security)
        }

        /// What the Host field says (RFC 9110 §7.2).
        package var authority: String {
            let host = IPAddress(self.host)?.family == .ipv6 ? "[\(self.host)]" : self.host
            let standard: UInt16 = if case .none = self.security { 80 } else { 443 }
            return self.port == standard ? host : "\(host):\(self.port)"
        }
    }
}

extension DERPClient.Server: CustomStringConvertible {
    /// Host and port.
    public var description: String { self.authority }
}
