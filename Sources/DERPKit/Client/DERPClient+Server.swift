import IPAddresses

extension DERPClient {
    /// The address of a relay, and how to protect the connection.
    public struct Server: Sendable {
        /// What protects the connection.
        public enum Security: Sendable {
            /// TLS, with a certificate that this value trusts.
            case tls(ServerTrust)
            /// Nothing: plain HTTP, for tests and for connections within one machine.
            case none
        }

        /// The host name, or an IP literal without brackets. It is used for DNS, the Host field and the certificate.
        public var host: String
        /// The port, 1…65535.
        public var port: UInt16
        /// The addresses to connect to, in order of preference. If empty, DNS finds the addresses of ``host``.
        public var addresses: [IPAddress]
        /// What protects the connection.
        public var security: Security

        /// Makes a server from its parts. DNS finds the addresses of `host` if there are no `addresses`.
        public init(host: String, port: UInt16, addresses: [IPAddress] = [], security: Security) {
            self.host = host
            self.port = port
            self.addresses = addresses
            self.security = security
        }

        /// Makes a server from an `http` or `https` URL. The path and the query are ignored, because a relay has only
        /// one path.
        ///
        /// - Parameters:
        ///   - url: The URL, such as `https://derp.example.com`.
        ///   - addresses: The addresses to connect to instead of asking DNS.
        ///   - trust: Which certificates to trust for `https`; `nil` for the system's authorities and the host's name.
        /// - Throws: ``DERPError`` with code `invalidConfiguration` if the URL is invalid.
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
                security = .tls(try ServerTrust.hostName())
            }
            self.init(host: parsed.name, port: parsed.port, addresses: addresses, security: security)
        }

        /// The value of the Host field (RFC 9110 §7.2).
        package var authority: String {
            let host = IPAddress(self.host)?.family == .ipv6 ? "[\(self.host)]" : self.host
            let standard: UInt16 = if case .none = self.security { 80 } else { 443 }
            return self.port == standard ? host : "\(host):\(self.port)"
        }
    }
}

extension DERPClient.Server: CustomStringConvertible {
    /// The host and the port.
    public var description: String { self.authority }
}
