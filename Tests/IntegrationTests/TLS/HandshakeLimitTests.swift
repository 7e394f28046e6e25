import TestSupport
import Testing

@Suite("Limits of a TLS handshake", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct HandshakeLimitTests {
    /// Records of one byte each.
    private static func records(_ message: some Sequence<UInt8>) -> [UInt8] {
        message.flatMap { [22, 3, 1, 0, 1, $0] }
    }

    @Test("A ClientHello may come in records of one byte, but not in more than 1,024 of them")
    func records() throws {
        let server = try ServerProcess()
        let session = try TLSSession(version: .tls13)
        #expect(try !session.handshake())
        let usual = try TestSocket(port: server.port)
        try usual.send(Self.records(session.drain().dropFirst(5)))
        #expect(try usual.receive(until: Deadline(in: Deadline.answer)).first == 22)

        // It isn't complete, so the server would wait for the rest.
        let long = try TestSocket(port: server.port)
        try long.send(Self.records([1, 0, 7, 0xd0] + [UInt8](repeating: 3, count: 1496)))
        let answer = try long.receive(until: Deadline(in: .seconds(10)))
        #expect(answer.isEmpty || answer.first == 21)
        try RawDERPClient(server).expectQuiet()
    }

    @Test("More than 4,096 cipher suites are refused", arguments: [(4000, true), (5000, false)])
    func suites(count: Int, isTaken: Bool) throws {
        let server = try ServerProcess()
        let session = try TLSSession(version: .tls13)
        #expect(try !session.handshake())
        // The suites stand behind the version, a random and a session's id of 32 bytes each.
        var message = Array(session.drain().dropFirst(5))
        let start = 4 + 2 + 32 + 1 + 32
        try #require(message[4 + 2 + 32] == 32)
        let suites = Int(message[start]) << 8 | Int(message[start + 1])
        let more = (0..<count).flatMap { [UInt8(0x40 | $0 >> 8), UInt8($0 & 0xff)] }
        message.insert(contentsOf: more, at: start + 2 + suites)
        let all = suites + more.count
        message.replaceSubrange(start..<start + 2, with: [UInt8(all >> 8), UInt8(all & 0xff)])
        let body = message.count - 4
        message.replaceSubrange(1..<4, with: [UInt8(body >> 16), UInt8(body >> 8 & 0xff), UInt8(body & 0xff)])
        let socket = try TestSocket(port: server.port)
        try socket.send([22, 3, 1, UInt8(message.count >> 8), UInt8(message.count & 0xff)] + message)
        let answer = try socket.receive(until: Deadline(in: Deadline.answer))
        // A handshake record or an alert.
        #expect(answer.first == (isTaken ? 22 : 21))
    }
}
