/// The client's side of the login to a relay: HTTP upgrade, then the DERP handshake (docs/protocol.md, "Login" and
/// "HTTP and TLS").
///
/// A state machine without I/O: it takes bytes and returns bytes, and any split of the input gives the same result.
/// ``perform(on:within:isolation:)`` runs it over a socket.
@_spi(Benchmarks) public struct ClientHandshake: Sendable {
    /// How the client asks for DERP.
    @_spi(Benchmarks) public enum Start: Hashable, Sendable {
        /// With an HTTP request, which the server answers with `101 Switching Protocols`.
        case upgrade
        /// With the same request and `Derp-Fast-Start: 1`. The server answers with its first frame at once.
        case fastStart
    }

    /// What the caller must do next.
    @_spi(Benchmarks) public enum Step: Hashable, Sendable {
        /// Receive more from the server.
        case receive
        /// Send these bytes, then receive more from the server.
        case send([UInt8])
        /// The server admitted the client.
        case complete(ClientWelcome)
    }

    private enum State: Hashable, Sendable {
        case response, serverKey, serverInfo, complete
    }

    /// What the client sends first.
    @_spi(Benchmarks) public let request: [UInt8]

    private let privateKey: NodePrivateKey
    private let info: ClientInfo
    private let expectedServerKey: NodePublicKey?
    private var state: State
    /// The bytes that are not parsed yet, from ``start`` on: at most one frame and the bytes of the last read.
    private var buffer: [UInt8] = []
    /// Where the next frame begins. Frames are not removed one by one, because each removal would move all bytes after
    /// it.
    private var start = 0
    /// How many bytes of an HTTP response were searched without success.
    private var scanned = 0
    private var serverKey: NodePublicKey?
    private var box: SecretBox?

    /// Makes a handshake.
    ///
    /// - Parameters:
    ///   - privateKey: The client's key.
    ///   - host: The server's name for the Host header field, with a port unless it is the scheme's default.
    ///   - start: How to ask for DERP.
    ///   - serverKey: The key that the server must have; `nil` accepts any.
    ///   - idealNode: The name of the region's node that the client prefers; `nil` if it is this one. A name that can't
    ///     be in a header field is left out.
    ///   - info: The client's ClientInfo.
    @_spi(Benchmarks) public init(
        privateKey: NodePrivateKey,
        host: String,
        start: Start = .upgrade,
        serverKey: NodePublicKey? = nil,
        idealNode: String? = nil,
        info: ClientInfo = ClientInfo()
    ) {
        self.privateKey = privateKey
        self.info = info
        self.expectedServerKey = serverKey
        self.state = start == .fastStart ? .serverKey : .response
        self.request = Self.request(host: host, start: start, idealNode: idealNode)
    }

    private static func request(host: String, start: Start, idealNode: String?) -> [UInt8] {
        var text = "GET /derp HTTP/1.1\r\nHost: \(host)\r\nConnection: Upgrade\r\nUpgrade: DERP\r\n"
        if start == .fastStart { text += "Derp-Fast-Start: 1\r\n" }
        if let idealNode, !idealNode.isEmpty, idealNode.utf8.allSatisfy(HTTPGrammar.isTarget) {
            text += "Ideal-Node: \(idealNode)\r\n"
        }
        return Array((text + "\r\n").utf8)
    }

    /// Takes bytes from the server and returns the next step. Must not be called again after it threw or was complete.
    ///
    /// - Throws: ``DERPError`` with code `handshake` if the server refuses or its answer can't be read, or
    ///   `wrongServerKey` if it has another key.
    @_spi(Benchmarks) public mutating func take(_ bytes: UnsafeRawBufferPointer) throws(DERPError) -> Step {
        if self.start > 0 {
            self.buffer.removeFirst(self.start)
            self.start = 0
        }
        self.buffer.append(contentsOf: bytes)
        if self.state == .response {
            guard let count = try self.headCount() else { return .receive }
            self.buffer.removeFirst(count)
            self.state = .serverKey
        }
        if self.state == .serverKey, HTTPUpgradeResponse.isBegun(by: self.buffer) {
            // The server answers with HTTP in spite of fast start: it refuses, or there is a proxy in between.
            guard try self.headCount() != nil else { return .receive }
            throw DERPError(.handshake, "the server answers a fast start with HTTP")
        }
        while let (type, payload) = try self.nextFrame() {
            switch (self.state, type) {
            case (.serverKey, .serverKey):
                return .send(try self.clientInfo(for: Array(self.buffer[payload])))
            case (.serverKey, _):
                throw DERPError(.handshake, "the server's first frame is not its key")
            case (_, .serverInfo):
                return .complete(try self.welcome(Array(self.buffer[payload])))
            case (_, .health):
                let notice = self.buffer[payload].withUnsafeBytes { ServerFrame.text($0) }
                // The server keeps the connection open for a while. There is no need to wait for its end.
                guard notice.isEmpty else { throw DERPError(.refused, "the server says: \(notice)") }
            default:
                continue
            }
        }
        return .receive
    }

    /// Returns the size of the HTTP response at the beginning of ``buffer``; `nil` if it isn't complete yet.
    private mutating func headCount() throws(DERPError) -> Int? {
        let count = try HTTPUpgradeResponse.headCount(in: self.buffer, scanned: self.scanned)
        self.scanned = count == nil ? self.buffer.count : 0
        return count
    }

    /// The error that it means if the server closes the connection now.
    @_spi(Benchmarks) public var failureOnClose: DERPError {
        guard self.state == .serverInfo else {
            return DERPError(.connection, "the server closed the connection during the handshake")
        }
        // derper gives no reason. This server gives none either when it refuses too many clients at once.
        return DERPError(.refused, "the server closed the connection instead of admitting this client")
    }
}

// MARK: Frames

extension ClientHandshake {
    /// The largest frame that a server may send during the login, in bytes.
    private static let largestFrame = 64 * 1024

    /// Returns the type of the next frame and the range of its payload in ``buffer``.
    private mutating func nextFrame() throws(DERPError) -> (FrameType, Range<Int>)? {
        guard self.buffer.count - self.start >= FrameHeader.byteCount else { return nil }
        let header = self.buffer.withUnsafeBytes { FrameHeader($0.baseAddress! + self.start) }
        guard header.payloadCount <= Self.largestFrame else {
            throw DERPError(.handshake, "a frame of \(header.payloadCount) bytes during the handshake")
        }
        let begin = self.start + FrameHeader.byteCount
        let end = begin + Int(header.payloadCount)
        guard self.buffer.count >= end else { return nil }
        self.start = end
        return (header.type, begin..<end)
    }

    /// Returns the ClientInfo frame, sealed for the server whose ServerKey frame has `payload`.
    private mutating func clientInfo(for payload: [UInt8]) throws(DERPError) -> [UInt8] {
        let magic = Frame.magic
        guard payload.starts(with: magic),
            let key = NodePublicKey(payload.dropFirst(magic.count).prefix(NodePublicKey.byteCount))
        else { throw DERPError(.handshake, "malformed ServerKey frame") }
        guard self.expectedServerKey == nil || self.expectedServerKey == key else {
            throw DERPError(.wrongServerKey, "the server has another key than the one expected")
        }
        guard let box = SecretBox(privateKey: self.privateKey, peer: key) else {
            throw DERPError(.handshake, "the server's key is unusable")
        }
        self.serverKey = key
        self.box = box
        self.state = .serverInfo
        return Frame.encode(.clientInfo, self.privateKey.publicKey.bytes + box.seal(self.info.json()))
    }

    private mutating func welcome(_ payload: [UInt8]) throws(DERPError) -> ClientWelcome {
        guard let key = self.serverKey, let json = self.box?.open(payload), let info = ServerInfo(json: json) else {
            throw DERPError(.handshake, "malformed ServerInfo frame")
        }
        self.state = .complete
        defer { self.buffer = [] }
        return ClientWelcome(serverKey: key, info: info, early: Array(self.buffer[self.start...]))
    }
}
