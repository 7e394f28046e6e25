import Testing

/// A WebSocket to a server, frame by frame, with DERP's stream in it when that is wanted.
final class WebSocketConnection {
    let connection: Connection
    /// What messages held, and no DERP frame has been made of yet.
    private var stream: [UInt8] = []
    /// Frames other than messages, in their order.
    private(set) var controlFrames: [WebSocketFrame] = []

    static func request(subprotocol: String = "derp") -> HTTPRequest {
        HTTPRequest(
            "/derp",
            headers: [
                "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": subprotocol,
            ]
        )
    }

    /// Opens a WebSocket; `early` is sent in one piece with the request.
    init(
        _ server: ServerProcess,
        subprotocol: String = "derp",
        early: [UInt8] = [],
        security: Security? = nil,
        receiveBuffer: Int32? = nil
    ) throws {
        self.connection = try server.connect(security, receiveBuffer: receiveBuffer)
        try self.connection.write(Array(Self.request(subprotocol: subprotocol).encoded.utf8) + early)
        let response = try HTTPResponse(from: self.connection)
        guard response.status == 101, response["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" else {
            throw KitError.unexpected("status \(response.status)")
        }
    }

    func send(_ frame: WebSocketFrame) throws {
        try self.connection.write(frame.encoded)
    }

    /// The next frame of any kind, which must be whole, unmasked and without reserved bits.
    func nextFrame(within limit: Duration = Deadline.answer) throws -> WebSocketFrame {
        let deadline = Deadline(in: limit)
        let head = try self.connection.read(2, until: deadline)
        guard head[0] & 0xf0 == 0x80, head[1] < 127 else { throw KitError.unexpected("frame \(head)") }
        var count = Int(head[1])
        if count == 126 {
            count = try self.connection.read(2, until: deadline).reduce(0) { $0 << 8 | Int($1) }
        }
        return WebSocketFrame(opcode: head[0] & 0x0f, payload: try self.connection.read(count, until: deadline))
    }

    /// The next bytes of DERP's stream; control frames that come before are noted.
    func read(_ count: Int, within limit: Duration = Deadline.answer) throws -> [UInt8] {
        while self.stream.count < count {
            let frame = try self.nextFrame(within: limit)
            if frame.opcode == WebSocketFrame.Opcode.binary {
                self.stream += frame.payload
            } else {
                self.controlFrames.append(frame)
                guard frame.opcode != WebSocketFrame.Opcode.close else { throw KitError.closed("\(frame)") }
            }
        }
        defer { self.stream.removeFirst(count) }
        return Array(self.stream.prefix(count))
    }

    func readDERPFrame(within limit: Duration = Deadline.answer) throws -> Frame {
        let header = try self.read(Frame.headerSize, within: limit)
        let length = header[1...].reduce(0) { $0 << 8 | Int($1) }
        return Frame(FrameType(rawValue: header[0]), try self.read(length, within: limit))
    }

    /// Skips messages up to the Close frame, and gives its code; `nil` when it has none. Throws if the connection ends
    /// without one.
    func closeCode(within limit: Duration = Deadline.answer) throws -> UInt16? {
        while true {
            let frame = try self.nextFrame(within: limit)
            guard frame.opcode == WebSocketFrame.Opcode.close else { continue }
            return frame.payload.count < 2 ? nil : UInt16(frame.payload[0]) << 8 | UInt16(frame.payload[1])
        }
    }

    /// Expects a Close frame with `code`, and then the end of the connection.
    func expectClose(_ code: UInt16?, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
        do {
            #expect(try self.closeCode() == code, comment, sourceLocation: sourceLocation)
            #expect(try self.connection.readToEnd().isEmpty, comment, sourceLocation: sourceLocation)
        } catch {
            Issue.record("\(error) \(comment?.rawValue ?? "")", sourceLocation: sourceLocation)
        }
    }
}
