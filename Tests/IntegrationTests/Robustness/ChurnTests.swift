import TestSupport
import Testing

@Suite("Churn", .heavy, .blocking, .serialized, .timeLimit(.minutes(2)))
struct ChurnTests {
    /// What a short-lived client does before it goes.
    enum Life: CaseIterable, Sendable {
        case connectOnly, halfHandshake, halfClientInfo, resetInMidFrame, clean, request

        func live(on server: ServerProcess, _ security: Security) throws {
            switch self {
            case .connectOnly:
                let connection = try server.connect(.plain)
                connection.socket.reset()
            case .halfHandshake:
                let connection = try server.connect(.plain)
                try connection.write([0x16, 0x03, 0x01, 0x02])
                connection.socket.reset()
            case .halfClientInfo:
                let pending = try PendingClient(server, security: security)
                let frame = try DERPHandshake.clientInfo(of: TestKey(), for: pending.serverKey).encoded
                try pending.connection.write(Array(frame.prefix(frame.count / 2)))
                pending.connection.socket.reset()
            case .resetInMidFrame:
                let client = try RawDERPClient(server, security: security)
                try client.connection.write(Frame.header(.sendPacket, length: 60_000) + TestKey.random(1000))
                client.reset()
            case .clean:
                let client = try RawDERPClient(server, security: security)
                try client.send([1], to: client.key)
                client.close()
            case .request:
                let connection = try server.connect(security)
                try connection.write(HTTPRequest("/derp/probe").encoded)
                connection.socket.reset()
            }
        }
    }

    @Test("500 connects and disconnects a second leak neither files nor memory", arguments: [Security.plain, .tls13])
    func churn(security: Security) throws {
        let server = try ServerProcess(ServerOptions(certificate: security.isTLS ? .selfSigned : .none))
        let witness = try RawDERPClient(server)
        // Once around for what is made on first use.
        try Self.round(of: 200, on: server, security)
        let base = try Self.settledUsage(of: server, openFiles: nil)
        for _ in 0..<3 {
            try Self.round(of: 500, on: server, security)
        }
        let after = try Self.settledUsage(of: server, openFiles: base.openFiles)
        #expect(after.openFiles == base.openFiles)
        let growth = after.residentBytes - base.residentBytes
        #expect(growth < 12 << 20, "resident memory grew by \(growth) bytes")
        try witness.expectQuiet()
    }

    @Test("Clients that come and go leave nothing behind in the peers they wrote to")
    func senders() throws {
        let server = try ServerProcess(.plain)
        let receiver = try RawDERPClient(server)
        let base = try Self.settledUsage(of: server, openFiles: nil)
        for _ in 0..<1000 {
            let sender = try RawDERPClient(server)
            try sender.send([1], to: receiver.key)
            try receiver.expect(.received([1], from: sender.key))
            sender.close()
            try receiver.expect(.peerGone(sender.key, reason: 0))
        }
        let after = try Self.settledUsage(of: server, openFiles: base.openFiles)
        #expect(after.openFiles == base.openFiles)
        #expect(after.residentBytes - base.residentBytes < 8 << 20)
    }

    @Test("A sender that addresses a million keys that nobody has makes the server remember little")
    func manyDestinations() throws {
        let server = try ServerProcess(.plain)
        let sender = try RawDERPClient(server)
        let base = try server.usage().residentBytes
        for _ in 0..<200 {
            try sender.connection.write(
                (0..<1000).flatMap { _ in Frame.header(.sendPacket, length: 32) + TestKey.random(32) }
            )
        }
        try sender.expectQuiet()
        #expect(try server.usage().residentBytes - base < 8 << 20)
    }

    private static func round(of count: Int, on server: ServerProcess, _ security: Security) throws {
        for index in 0..<count {
            try Life.allCases[index % Life.allCases.count].live(on: server, security)
        }
    }

    /// What the server holds once it has noticed that clients left.
    private static func settledUsage(of server: ServerProcess, openFiles: Int?) throws -> ProcessUsage {
        var last = try server.usage()
        if let openFiles {
            try eventually("\(last.openFiles) open files fall to \(openFiles)") {
                last = try server.usage()
                return last.openFiles <= openFiles
            }
        } else {
            // Nothing is known to compare with: it has settled when nothing has changed for ten looks.
            var quietLooks = 0
            try eventually("the number of open files settles") {
                let usage = try server.usage()
                quietLooks = usage.openFiles == last.openFiles ? quietLooks + 1 : 0
                last = usage
                return quietLooks >= 10
            }
        }
        return last
    }
}
