import Testing

/// A connection that has become DERP, and whose client has not yet said who it is.
struct PendingClient {
    let connection: Connection
    let serverKey: [UInt8]

    init(_ server: ServerProcess, start: DERPHandshake.Start = .upgrade, security: Security? = nil) throws {
        try self.init(over: server.connect(security), start: start)
    }

    /// Asks for DERP over a connection that has said nothing yet.
    init(over connection: Connection, start: DERPHandshake.Start = .upgrade) throws {
        self.connection = connection
        try self.connection.write(start.request.encoded)
        self.serverKey = try DERPHandshake.readServerKey(from: self.connection, start)
    }

    /// Sends `frame`, and expects the server to close without admitting the client,
    /// sooner than its handshake deadline would make it.
    func expectRefusal(
        of frame: [UInt8],
        _ comment: Comment? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        do {
            try self.connection.write(frame)
        } catch KitError.closed {
            // Refused before it was read to its end.
        }
        let rest = try self.connection.readToEnd(within: .seconds(8))
        #expect(rest.isEmpty, comment, sourceLocation: sourceLocation)
    }
}
