import AsyncSockets
@_spi(Benchmarks) import DERPKit

/// The server under load.
public struct Target: Sendable {
    public let address: IPEndpoint
    /// The value of the Host header field.
    public let authority: String
    /// The server name for the TLS handshake.
    public let serverName: String
    /// The TLS context; `nil` for plain TCP.
    public let tls: TLSContext?
    public let login: Login

    /// How to log in on a connection, so that it can send packets.
    public enum Login: Sendable {
        case derp(Start)
        /// The greeting of the limit relay: see ``PairGreeting``.
        case pair
        /// The greeting through a proxy, which passes each connection on to this sink.
        case through(Sink)

        /// Whether the server reads frames and names their senders.
        var isAddressed: Bool { if case .derp = self { true } else { false } }
    }

    /// How a client asks for DERP.
    public enum Start: Sendable {
        /// With an HTTP upgrade.
        case upgrade
        /// Without an HTTP response.
        case fastStart

        var handshake: ClientHandshake.Start {
            switch self {
            case .upgrade: .upgrade
            case .fastStart: .fastStart
            }
        }
    }

    /// Whether there are as many addresses to connect from as needed (127.0.0.0/8).
    public var isLoopback: Bool { self.address.ip.isLoopback && self.address.ip.family == .ipv4 }

    /// Makes a target.
    ///
    /// - Parameters:
    ///   - url: `http://` or `https://`, a host and an optional port.
    ///   - verification: How to verify the certificate of an https server.
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
    /// Connects and logs in. Runs on `loop`, where the stream stays.
    ///
    /// - Parameter pair: The number of the two connections that belong together, for ``Login/pair``.
    /// - Returns: The stream, and the bytes that came together with the end of the login.
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
                let handshake = ClientHandshake(privateKey: key, host: self.authority, start: start.handshake)
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
