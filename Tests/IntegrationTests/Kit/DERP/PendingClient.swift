import Testing

/// A connection that has become DERP, and whose client has not yet said who it is.
struct PendingClient {
    let connection: Connection
    let serverKey: [UInt8]

    init(_ server: ServerProcess, start: DERPHandshake.Start = .upgrade, security: Security? = nil) throws {
        self.connection = try server.connect(security)
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
