import AsyncSockets
@_spi(Benchmarks) import DERPKit

/// The server under load.
public struct Target: Sendable {
    public let address: IPEndpoint
    /// For the Host header field.
    public let authority: String
    /// For the TLS handshake.
    public let serverName: String
    /// `nil` for plain TCP.
    public let tls: TLSContext?
    public let login: Login

    /// How a connection becomes one that packets can be sent on.
    public enum Login: Sendable {
        case derp(ClientHandshake.Start)
        /// The limit relay's: see ``PairGreeting``.
        case pair
        /// A proxy's, which passes each connection on to this one's far side.
        case through(Sink)

        /// Whether the server reads frames, and tells who sent them.
        var isAddressed: Bool { if case .derp = self { true } else { false } }
    }

    /// Whether the machine has as many addresses to connect from as are wanted (127.0.0.0/8).
    public var isLoopback: Bool { self.address.ip.isLoopback && self.address.ip.family == .ipv4 }

    /// - Parameters:
    ///   - url: `http://` or `https://`, a host and perhaps a port.
    ///   - verification: what is asked of an https server's certificate.
    public init(
        url: String,
        verification: TLSContext.Verification = .none,
        versions: TLSContext.Versions = .both,
        login: Login = .derp(.upgrade)
    ) throws {
        let (isTLS, rest) = try Self.splitScheme(url)
        guard let authority = rest.split(separator: "/", maxSplits: 1).first else {
            throw LoadError("\(url): no host")
        }
        self.authority = String(authority)
        let (host, port) = try Self.splitPort(authority, isTLS ? 443 : 80)
        self.serverName = host
        self.address = IPEndpoint(try HostName.resolve(host), port: port)
        self.tls = isTLS ? try TLSContext(clientVerification: verification, versions: versions) : nil
        self.login = login
    }

    private static func splitScheme(_ url: String) throws -> (isTLS: Bool, Substring) {
        if url.hasPrefix("https://") { return (true, url.dropFirst(8)) }
        if url.hasPrefix("http://") { return (false, url.dropFirst(7)) }
        throw LoadError("\(url): not an http:// or https:// URL")
    }

    private static func splitPort(_ authority: Substring, _ standard: UInt16) throws -> (String, UInt16) {
        func strip(_ host: Substring) -> String {
            host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
        }
        guard let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") else {
            return (strip(authority), standard)
        }
        guard let port = UInt16(authority[authority.index(after: colon)...]) else {
            throw LoadError("\(authority): malformed port")
        }
        return (strip(authority[..<colon]), port)
    }
}

extension Target {
    /// Connects and logs in. On `loop`, where the stream stays.
    ///
    /// - Parameter pair: for ``Login/pair``: the number of the two connections that belong together.
    /// - Returns: the stream, and what came right behind the login.
    public func logIn(
        as key: NodePrivateKey,
        pair: UInt64 = 0,
        from source: IPAddress? = nil,
        on loop: IOLoop
    ) async throws -> (TCPStream, early: [UInt8]) {
        let stream = try await TCPStream.connect(to: self.address, from: source, on: loop)
        do {
            if let tls {
                stream.setDeadline(.seconds(10))
                try await stream.startTLS(tls, serverName: self.serverName)
            }
            switch self.login {
            case .derp(let start):
                let handshake = ClientHandshake(privateKey: key, host: self.authority, start: start)
                let welcome = try await ClientHandshake.perform(handshake, on: stream)
                return (stream, welcome.early)
            case .pair, .through:
                try await Self.greet(stream, PairGreeting.bytes(pair))
                return (stream, [])
            }
        } catch {
            stream.close()
            throw error
        }
    }

    private static func greet(_ stream: TCPStream, _ greeting: [UInt8]) async throws {
        try await stream.write(greeting)
        while true {
            switch stream.receive() {
            case .bytes(let bytes) where bytes.isEmpty: continue
            case .bytes(let bytes):
                guard bytes.elementsEqual(PairGreeting.answer) else {
                    throw LoadError("no relay between pairs of connections")
                }
                stream.setDeadline(nil)
                return
            case .wouldBlock: await stream.waitUntilReadable()
            case .closed, .failed: throw LoadError("the connection was closed before it was relayed")
            }
        }
    }
}
