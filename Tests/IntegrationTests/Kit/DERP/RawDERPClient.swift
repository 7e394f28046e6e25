import Testing

/// A DERP client that does nothing by itself: it answers no Ping and reconnects never.
final class RawDERPClient {
    let key: TestKey
    let serverKey: [UInt8]
    let connection: Connection
    /// How many KeepAlive frames have come; ``next(within:)`` passes over them.
    private(set) var keepAliveCount = 0

    /// Connects, and completes the handshake.
    convenience init(
        _ server: ServerProcess,
        key: TestKey = TestKey(),
        start: DERPHandshake.Start = .upgrade,
        information: String = DERPHandshake.information,
        security: Security? = nil,
        receiveBuffer: Int32? = nil
    ) throws {
        let connection = try server.connect(security, receiveBuffer: receiveBuffer)
        try self.init(over: connection, key: key, start: start, information: information)
    }

    /// Completes the handshake over a connection that has said nothing yet.
    init(
        over connection: Connection,
        key: TestKey = TestKey(),
        start: DERPHandshake.Start = .upgrade,
        information: String = DERPHandshake.information
    ) throws {
        self.key = key
        self.connection = connection
        try connection.write(start.request.encoded)
        self.serverKey = try DERPHandshake.readServerKey(from: connection, start)
        try connection.write(DERPHandshake.clientInfo(information, of: key, for: self.serverKey).encoded)
        _ = try DERPHandshake.readServerInfo(from: connection, to: key, serverKey: self.serverKey)
    }

    func send(_ frame: Frame) throws {
        try self.connection.write(frame.encoded)
    }

    func send(_ packet: [UInt8], to key: TestKey) throws {
        try self.send(.send(packet, to: key))
    }

    /// The next frame that is no KeepAlive.
    func next(within limit: Duration = Deadline.answer) throws -> Frame {
        let deadline = Deadline(in: limit)
        while true {
            let frame = try DERPHandshake.readFrame(from: self.connection, until: deadline)
            guard frame == Frame(.keepAlive) else { return frame }
            self.keepAliveCount += 1
        }
    }

    /// Expects `frame` to be the next.
    func expect(
        _ frame: Frame,
        within limit: Duration = Deadline.answer,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let next = try self.next(within: limit)
        // Compared outside of the macro, which would print 64 KiB.
        let isEqual = next == frame
        #expect(isEqual, "expected \(frame), got \(next)", sourceLocation: sourceLocation)
    }

    /// Pings, and gives the frames that come before the pong.
    ///
    /// A second ping follows the first pong, because a pong may overtake what was queued when it was made.
    func framesBeforePong(within limit: Duration = Deadline.answer) throws -> [Frame] {
        var frames: [Frame] = []
        for _ in 0..<2 {
            let data = TestKey.random(8)
            try self.send(Frame(.ping, data))
            while true {
                let frame = try self.next(within: limit)
                if frame == Frame(.pong, data) { break }
                frames.append(frame)
            }
        }
        return frames
    }

    /// Expects that nothing waits for this client, and that it is still served.
    func expectQuiet(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let frames = try self.framesBeforePong()
        #expect(frames.isEmpty, sourceLocation: sourceLocation)
    }

    /// Expects the server to close the connection, and gives what came before.
    @discardableResult
    func expectClosed(
        within limit: Duration = Deadline.answer,
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> [UInt8] {
        do {
            return try self.connection.readToEnd(within: limit)
        } catch {
            Issue.record("not closed: \(error)", sourceLocation: sourceLocation)
            return []
        }
    }

    /// Leaves in order.
    func close() {
        self.connection.close()
    }

    /// Leaves as a machine that has lost its network.
    func reset() {
        self.connection.socket.reset()
    }
}
