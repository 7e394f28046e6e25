import TestSupport
import Testing

@Suite("Bad input over WebSockets", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct WebSocketMisdeedTests {
    /// One thing that a client must not do, before or after its login.
    enum Misdeed: CaseIterable, Sendable {
        case text, textFragment, tooLong, tooLongInFragments, huge, unmasked, reservedBit, unknownOpcode
        case longLength, fragmentedPing, largePing, strayContinuation, interruptedMessage
        case halfCloseCode, badCloseCode, closeReasonNotText
        case otherSubprotocol, brokenBox, notDERP, wrongSize, hugePacket, privilegedFrame

        /// Which code tells of it.
        var code: UInt16 {
            switch self {
            case .text, .textFragment: 1003
            case .tooLong, .tooLongInFragments, .huge: 1009
            case .closeReasonNotText: 1007
            case .otherSubprotocol: 1008
            case .brokenBox, .notDERP, .wrongSize, .hugePacket, .privilegedFrame: 1000
            default: 1002
            }
        }

        /// How it is counted.
        var reason: String {
            switch self.code {
            case 1000: "normal"
            case 1003: "unsupported_data"
            case 1007: "invalid_payload"
            case 1008: "policy_violation"
            case 1009: "message_too_big"
            default: "protocol_error"
            }
        }

        /// What is sent over a WebSocket; `nil` for what is no matter of bytes.
        private var bytes: [UInt8] {
            switch self {
            case .text: WebSocketFrame(opcode: 1, payload: Array("hello".utf8)).encoded
            case .textFragment: WebSocketFrame(opcode: 1, payload: [0x61], isFinal: false).encoded
            case .tooLong: WebSocketFrame.binary([UInt8](repeating: 0x77, count: 65_574)).encoded
            case .tooLongInFragments: Self.fragments(of: 40_000, count: 2)
            case .huge: WebSocketFrame.binary([]).header(length: 1 << 62)
            case .unmasked: WebSocketFrame(opcode: 2, payload: [1], isMasked: false).encoded
            case .reservedBit: WebSocketFrame(opcode: 2, payload: [1], reserved: 4).encoded
            case .unknownOpcode: WebSocketFrame(opcode: 3, payload: [1]).encoded
            case .longLength: [0x82, 0xfe, 0, 1, 0, 0, 0, 0, 1]
            case .fragmentedPing: WebSocketFrame(opcode: 9, isFinal: false).encoded
            case .largePing: WebSocketFrame(opcode: 9, payload: TestKey.random(126)).encoded
            case .strayContinuation: WebSocketFrame(opcode: 0, payload: [1]).encoded
            case .interruptedMessage:
                WebSocketFrame.binary([0x77], isFinal: false).encoded + WebSocketFrame.binary([0]).encoded
            case .halfCloseCode: WebSocketFrame(opcode: 8, payload: [3]).encoded
            case .badCloseCode: WebSocketFrame.close(1006).encoded
            case .closeReasonNotText: WebSocketFrame(opcode: 8, payload: [3, 0xe8, 0xff]).encoded
            case .otherSubprotocol: []
            case .brokenBox: WebSocketFrame.binary(Frame(.clientInfo, TestKey.random(200)).encoded).encoded
            case .notDERP: WebSocketFrame.binary([0x77, 0, 0, 0, 0]).encoded
            case .wrongSize: WebSocketFrame.binary(Frame(.notePreferred).encoded).encoded
            case .hugePacket: WebSocketFrame.binary(Frame.header(.sendPacket, length: .max)).encoded
            case .privilegedFrame: WebSocketFrame.binary(Frame(.watchConnections).encoded).encoded
            }
        }

        /// Whether a client can do it that has not logged in, or one that has.
        private var needsLogin: Bool {
            switch self {
            case .otherSubprotocol, .brokenBox, .notDERP: false
            default: true
            }
        }

        private static func fragments(of size: Int, count: Int) -> [UInt8] {
            let payload = [0x77, 0, 1, 0, 0] + [UInt8](repeating: 0, count: size - 5)
            return (0..<count).flatMap {
                WebSocketFrame(opcode: $0 == 0 ? 2 : 0, payload: payload, isFinal: false).encoded
            }
        }

        func commit(on server: ServerProcess) throws -> WebSocketConnection {
            let socket =
                if self.needsLogin {
                    try WebSocketClient(server).webSocket
                } else {
                    try WebSocketConnection(server, subprotocol: self == .otherSubprotocol ? "derpy" : "derp")
                }
            do {
                try socket.connection.write(self.bytes)
            } catch KitError.closed {
                // Refused before it was read to its end.
            }
            return socket
        }
    }

    @Test(
        "Each misdeed is answered with its code and counted, the connection ends, and nobody else is harmed",
        arguments: Misdeed.allCases
    )
    func consequences(misdeed: Misdeed) throws {
        let server = try ServerProcess()
        let witnesses = (try RawDERPClient(server), try WebSocketClient(server))
        let socket = try misdeed.commit(on: server)
        let start = ContinuousClock.now
        #expect(try socket.closeCode() == misdeed.code)
        try? socket.send(.close(misdeed.code))
        #expect(try socket.connection.readToEnd().isEmpty)
        #expect(ContinuousClock.now - start < .seconds(5))

        try witnesses.1.send([1], to: witnesses.0.key)
        try witnesses.0.expect(.received([1], from: witnesses.1.key))
        try eventually("it is counted") {
            try MetricsReading(of: server).total("derp_websockets_closed_total", "reason=\"\(misdeed.reason)\"") == 1
        }
        let reading = try MetricsReading(of: server)
        #expect(try reading.total("derp_websockets_closed_total") == 1)
        let name = "derp_connections_closed_total"
        let innocent = try ["peer", "answered", "shutdown"].map { try reading.total(name, "reason=\"\($0)\"") }
        #expect(try reading.total(name) - innocent.reduce(0, +) == 1)
        let lines = server.log.split(separator: "\n").count
        #expect(lines < 20, "\(server.log)")
    }

    @Test("What a client sent before its misdeed is relayed")
    func before() throws {
        let server = try ServerProcess(.plain)
        let receiver = try RawDERPClient(server)
        let sender = try WebSocketClient(server)
        let packet = WebSocketFrame.binary(Frame.send([1, 2, 3], to: receiver.key).encoded)
        try sender.webSocket.connection.write(packet.encoded + WebSocketFrame(opcode: 1, payload: [0x61]).encoded)
        try receiver.expect(.received([1, 2, 3], from: sender.key))
        try receiver.expect(.peerGone(sender.key, reason: 0))
        sender.webSocket.expectClose(1003)
    }
}
