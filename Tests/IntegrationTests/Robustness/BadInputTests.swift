import TestSupport
import Testing

@Suite("Bad input", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct BadInputTests {
    /// One thing that a client must not do, on a server that speaks TLS.
    enum Misdeed: CaseIterable, Sendable {
        case garbage, plainHTTP, malformedRequest, endlessHeaders, brokenBox, badJSON, hugeClientInfo
        case hugePacket, wrongSize, privilegedFrame, brokenRecord

        func commit(on server: ServerProcess) throws {
            switch self {
            case .garbage:
                try Self.write(TestKey.random(1000), to: server.connect(.plain))
            case .plainHTTP:
                try Self.write(Array(HTTPRequest("/").encoded.utf8), to: server.connect(.plain))
            case .malformedRequest:
                try Self.write(Array("GET / HTTP/1.1\r\nbad header\r\n\r\n".utf8), to: server.connect())
            case .endlessHeaders:
                let head = Array("GET / HTTP/1.1\r\nHost: x\r\nX: ".utf8) + [UInt8](repeating: 0x61, count: 40_000)
                try Self.write(head, to: server.connect())
            case .brokenBox:
                try Self.write(Frame(.clientInfo, TestKey.random(200)).encoded, to: PendingClient(server).connection)
            case .badJSON:
                let pending = try PendingClient(server)
                let frame = try DERPHandshake.clientInfo("{", of: TestKey(), for: pending.serverKey)
                try Self.write(frame.encoded, to: pending.connection)
            case .hugeClientInfo:
                try Self.write(Frame.header(.clientInfo, length: .max), to: PendingClient(server).connection)
            case .hugePacket:
                let bytes = Frame.header(.sendPacket, length: .max) + TestKey.random(64)
                try Self.write(bytes, to: RawDERPClient(server).connection)
            case .wrongSize:
                try Self.write(Frame(.notePreferred).encoded, to: RawDERPClient(server).connection)
            case .privilegedFrame:
                try Self.write(Frame(.watchConnections).encoded, to: RawDERPClient(server).connection)
            case .brokenRecord:
                let connection = try server.connect()
                try connection.socket.send([0x17, 0x03, 0x03, 0x00, 0x20] + TestKey.random(32))
                _ = try connection.readToEnd()
            }
        }

        private static func write(_ bytes: [UInt8], to connection: Connection) throws {
            do {
                try connection.write(bytes)
            } catch KitError.closed {
                // Refused before it was read to its end.
            }
            _ = try connection.readToEnd()
        }
    }

    @Test("Each misdeed is counted, logged in one line at most, and harms nobody else", arguments: Misdeed.allCases)
    func consequences(misdeed: Misdeed) throws {
        let server = try ServerProcess()
        let witness = try RawDERPClient(server)
        try eventually("it has said all that it says at its start") {
            server.log.contains("Serving") && server.log.contains("CertName")
        }
        let lines = Self.lineCount(of: server)
        let count = try Self.closedForCause(by: server)
        try misdeed.commit(on: server)
        try witness.expectQuiet()
        try eventually("it is counted") { try Self.closedForCause(by: server) > count }
        #expect(Self.lineCount(of: server) - lines <= 1, "\(server.log)")
    }

    private static func lineCount(of server: ServerProcess) -> Int {
        server.log.split(separator: "\n").count
    }

    /// How many connections the server has closed because of what they did.
    private static func closedForCause(by server: ServerProcess) throws -> Double {
        let reading = try MetricsReading(of: server)
        let name = "derp_connections_closed_total"
        let innocent = try ["peer", "answered", "shutdown"].map { try reading.total(name, "reason=\"\($0)\"") }
        return try reading.total(name) - innocent.reduce(0, +)
    }
}
