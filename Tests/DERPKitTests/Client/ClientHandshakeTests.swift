import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("A client's handshake")
struct ClientHandshakeTests {
    let client = NodePrivateKey()
    let server = NodePrivateKey()
    let response = Array("HTTP/1.1 101 Switching Protocols\r\nUpgrade: DERP\r\nConnection: Upgrade\r\n\r\n".utf8)
    var serverKey: [UInt8] { Frame.serverKey(self.server.publicKey) }

    /// What the server answers to the client's info, which must be right.
    private func serverInfo(to clientInfo: [UInt8]) throws -> [UInt8] {
        var reader = DERPLoginReader()
        guard case .complete(let payload, let rest) = reader.read(clientInfo) else {
            throw DERPError(.handshake, "no whole ClientInfo frame")
        }
        #expect(rest.isEmpty)
        let login = try #require(DERPLogin(payload: payload, privateKey: self.server))
        #expect(login.key == self.client.publicKey)
        return Frame.encode(.serverInfo, login.box.seal(Array(#"{"version":2}"#.utf8)))
    }

    /// Hands over `bytes` in pieces of `size`; returns the last step.
    private func feed(_ bytes: [UInt8], to handshake: inout ClientHandshake, by size: Int) throws
        -> ClientHandshake.Step
    {
        var last = ClientHandshake.Step.receive
        for start in stride(from: 0, to: bytes.count, by: size) {
            last = try bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { try handshake.take($0) }
        }
        return last
    }

    @Test("The request asks for an upgrade, and for a fast start only when wanted")
    func request() {
        let upgrade = String(decoding: ClientHandshake(privateKey: self.client, host: "h:1").request, as: UTF8.self)
        #expect(upgrade == "GET /derp HTTP/1.1\r\nHost: h:1\r\nConnection: Upgrade\r\nUpgrade: DERP\r\n\r\n")
        let fast = ClientHandshake(privateKey: self.client, host: "h", start: .fastStart).request
        #expect(String(decoding: fast, as: UTF8.self).contains("\r\nDerp-Fast-Start: 1\r\n"))
    }

    @Test("Any split of the server's bytes logs in, and what follows is handed on", arguments: [1, 2, 3, 7, 1000])
    func splits(size: Int) throws {
        var handshake = ClientHandshake(privateKey: self.client, host: "h", serverKey: self.server.publicKey)
        guard case .send(let info) = try self.feed(self.response + self.serverKey, to: &handshake, by: size) else {
            Issue.record("no ClientInfo after the server's key")
            return
        }
        let keepAlive = Frame.keepAlive
        let answer = try self.serverInfo(to: info)
        let whole = size > answer.count ? answer + keepAlive : answer
        guard case .complete(let welcome) = try self.feed(whole, to: &handshake, by: size) else {
            Issue.record("not complete after ServerInfo")
            return
        }
        #expect(welcome.serverKey == self.server.publicKey)
        #expect(welcome.info.version == 2)
        #expect(welcome.early == (size > answer.count ? keepAlive : []))
    }

    @Test("After a fast start the first byte is the server's key")
    func fastStart() throws {
        var handshake = ClientHandshake(privateKey: self.client, host: "h", start: .fastStart)
        guard case .send(let info) = try self.feed(self.serverKey, to: &handshake, by: 5) else {
            Issue.record("no ClientInfo after the server's key")
            return
        }
        guard case .complete = try self.feed(self.serverInfo(to: info), to: &handshake, by: 5) else {
            Issue.record("not complete after ServerInfo")
            return
        }
    }

    @Test(
        "Other answers than 101 are refused",
        arguments: [
            "HTTP/1.1 426 Upgrade Required\r\n\r\n", "HTTP/1.1 1O1 x\r\n\r\n", "HTTP/2 101\r\n\r\n", "SSH-2.0\r\n\r\n",
        ]
    )
    func otherStatus(response: String) {
        self.expectRefusal(of: Array(response.utf8))
    }

    @Test("HTTP in answer to a fast start is told as what it is, however it is cut", arguments: [1, 3, 5, 7, 1000])
    func httpForFastStart(size: Int) throws {
        var handshake = ClientHandshake(privateKey: self.client, host: "h", start: .fastStart)
        let answer = Array("HTTP/1.1 404 Not Found\r\nContent-Length: 27\r\n\r\nthis server does not relay\n".utf8)
        let error = #expect(throws: DERPError.self) { _ = try self.feed(answer, to: &handshake, by: size) }
        #expect(error == DERPError(.handshake, "the server answers with HTTP status 404 and does not relay"))
    }

    @Test("A response that never ends is refused")
    func endlessResponse() {
        self.expectRefusal(of: Array("HTTP/1.1 101 x\r\n".utf8) + [UInt8](repeating: 97, count: 20_000))
    }

    @Test("A server that isn't the expected one, or doesn't begin with its key, is refused")
    func wrongServer() {
        self.expectRefusal(of: self.response + Frame.serverKey(NodePrivateKey().publicKey), as: .wrongServerKey)
        self.expectRefusal(of: self.response + Frame.keepAlive)
        self.expectRefusal(of: self.response + Frame.encode(.serverKey, [1, 2, 3]))
        self.expectRefusal(of: self.response + [1, 0xff, 0xff, 0xff, 0xff])
    }

    private func expectRefusal(
        of bytes: [UInt8],
        as code: DERPError.Code = .handshake,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var handshake = ClientHandshake(privateKey: self.client, host: "h", serverKey: self.server.publicKey)
        let error = #expect(throws: DERPError.self, sourceLocation: sourceLocation) {
            try bytes.withUnsafeBytes { _ = try handshake.take($0) }
        }
        #expect(error?.code == code, sourceLocation: sourceLocation)
    }

    @Test("A ServerInfo that was sealed for somebody else is refused")
    func foreignServerInfo() throws {
        var handshake = ClientHandshake(privateKey: self.client, host: "h")
        _ = try self.feed(self.response + self.serverKey, to: &handshake, by: 1000)
        let foreign = try #require(SecretBox(privateKey: self.server, peer: NodePrivateKey().publicKey))
        let frame = Frame.encode(.serverInfo, foreign.seal(Array("{}".utf8)))
        #expect(throws: DERPError.self) { try frame.withUnsafeBytes { _ = try handshake.take($0) } }
    }
}
