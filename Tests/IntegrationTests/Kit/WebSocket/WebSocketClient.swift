/// A DERP client over a WebSocket that does nothing by itself.
final class WebSocketClient {
    let key: TestKey
    let serverKey: [UInt8]
    let webSocket: WebSocketConnection

    /// Opens a WebSocket, and completes DERP's handshake over it.
    init(
        _ server: ServerProcess,
        key: TestKey = TestKey(),
        security: Security? = nil,
        receiveBuffer: Int32? = nil
    ) throws {
        self.key = key
        self.webSocket = try WebSocketConnection(server, security: security, receiveBuffer: receiveBuffer)
        let frame = try self.webSocket.readDERPFrame()
        guard frame.type == .serverKey, frame.payload.count >= 40 else { throw KitError.unexpected("\(frame)") }
        self.serverKey = Array(frame.payload[8..<40])
        try self.send(DERPHandshake.clientInfo(of: key, for: self.serverKey))
        let information = try self.webSocket.readDERPFrame()
        guard information.type == .serverInfo else { throw KitError.unexpected("\(information)") }
        _ = try key.open(information.payload, from: self.serverKey)
    }

    /// Sends a DERP frame as one message.
    func send(_ frame: Frame) throws {
        try self.webSocket.send(.binary(frame.encoded))
    }

    func send(_ packet: [UInt8], to key: TestKey) throws {
        try self.send(.send(packet, to: key))
    }

    /// The next DERP frame that is no KeepAlive.
    func next(within limit: Duration = Deadline.answer) throws -> Frame {
        while true {
            let frame = try self.webSocket.readDERPFrame(within: limit)
            if frame.type != .keepAlive { return frame }
        }
    }

    /// Whether `frame` is the next.
    func receives(_ frame: Frame) throws -> Bool { try self.next() == frame }
}
