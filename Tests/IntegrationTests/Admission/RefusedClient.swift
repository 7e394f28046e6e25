import Testing

/// A client that completes its part of the handshake and expects not to be admitted.
struct RefusedClient {
    let connection: Connection
    /// What the server said of it; `nil` when it said nothing, and closed the connection.
    let notice: String?

    /// Logs in as `key`, and reads what comes first.
    init(
        _ server: ServerProcess,
        as key: TestKey = TestKey(),
        start: DERPHandshake.Start = .upgrade,
        from address: UInt8? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let pending =
            if let address {
                try PendingClient(over: Connection(port: server.port, from: address, security: .plain), start: start)
            } else {
                try PendingClient(server, start: start)
            }
        self.connection = pending.connection
        try pending.connection.write(DERPHandshake.clientInfo(of: key, for: pending.serverKey).encoded)
        do {
            let frame = try DERPHandshake.readFrame(from: pending.connection, until: Deadline(in: Deadline.answer))
            #expect(frame.type == .health, sourceLocation: sourceLocation)
            self.notice = String(decoding: frame.payload, as: UTF8.self)
        } catch KitError.closed {
            self.notice = nil
        }
    }

    /// Logs in as `key`, and expects a Health frame, and nothing else as long as somebody looks.
    ///
    /// - Returns: what the Health frame says.
    @discardableResult
    static func logIn(
        to server: ServerProcess,
        as key: TestKey,
        start: DERPHandshake.Start = .upgrade,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let client = try Self(server, as: key, start: start, sourceLocation: sourceLocation)
        client.expectHeld(sourceLocation: sourceLocation)
        return try #require(client.notice, sourceLocation: sourceLocation)
    }

    /// Expects that the connection is still open, and that nothing came.
    func expectHeld(for time: Duration = .milliseconds(200), sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(throws: KitError.self, "not held", sourceLocation: sourceLocation) {
            try self.connection.readToEnd(within: time)
        }
    }

    /// Expects the server to close the connection, and nothing before that.
    func expectClosed(
        within limit: Duration = Deadline.answer,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(try self.connection.readToEnd(within: limit).isEmpty, sourceLocation: sourceLocation)
    }
}

extension TestKey {
    /// The text form of its public key.
    var text: String { "nodekey:" + Hexadecimal.encode(self.publicBytes) }
}
