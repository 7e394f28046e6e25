import Testing

/// A client that completes its part of the handshake and expects not to be admitted.
enum RefusedClient {
    /// Logs in as `key`, and expects a Health frame, nothing else, and a close in order.
    ///
    /// - Returns: what the Health frame says.
    @discardableResult
    static func logIn(
        to server: ServerProcess,
        as key: TestKey,
        start: DERPHandshake.Start = .upgrade,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let pending = try PendingClient(server, start: start)
        try pending.connection.write(DERPHandshake.clientInfo(of: key, for: pending.serverKey).encoded)
        let frame = try DERPHandshake.readFrame(from: pending.connection, until: Deadline(in: Deadline.answer))
        #expect(frame.type == .health, sourceLocation: sourceLocation)
        let rest = try pending.connection.readToEnd()
        #expect(rest.isEmpty, sourceLocation: sourceLocation)
        return String(decoding: frame.payload, as: UTF8.self)
    }
}

extension TestKey {
    /// The text form of its public key.
    var text: String { "nodekey:" + Hexadecimal.encode(self.publicBytes) }
}
