import TestSupport
import Testing

@Suite("Handshake refusals", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct RefusalTests {
    @Test(
        "JSON that breaks the rules closes the connection",
        arguments: [
            #"{"version":"2"}"#,
            #"{"version":2.5}"#,
            #"{"version":2}x"#,
            #"{"version":2}{}"#,
            #"{"version":2"#,
            #"{"version":2,"CanAckPings":"true"}"#,
            #"{"version":2,"AppName":7}"#,
            #"{"version":2,"meshKey":""}"#,
            #"{"version":2,"meshKey":"abc"}"#,
            #"{"version":2,"meshKey":"zz00000000000000000000000000000000000000000000000000000000000000"}"#,
            #"{"version":2,"meshKey":"0000000000000000000000000000000000000000000000000000000000000000ff"}"#,
            #"{"version":2,"meshKey":5}"#,
            "[]",
            "2",
            "",
            "not JSON",
        ]
    )
    func json(json: String) throws {
        let server = try ServerProcess(.plain)
        let pending = try PendingClient(server)
        let frame = try DERPHandshake.clientInfo(json, of: TestKey(), for: pending.serverKey)
        try pending.expectRefusal(of: frame.encoded)
        try Self.expectServes(server)
    }

    @Test("JSON nested without end closes the connection, and the server lives")
    func deepJSON() throws {
        let server = try ServerProcess(.plain)
        let pending = try PendingClient(server)
        let json = #"{"x":"# + String(repeating: "[", count: 200_000)
        try pending.expectRefusal(of: DERPHandshake.clientInfo(json, of: TestKey(), for: pending.serverKey).encoded)
        try Self.expectServes(server)
    }

    @Test("A box that does not open closes the connection")
    func brokenBox() throws {
        let server = try ServerProcess(.plain)
        let pending = try PendingClient(server)
        var frame = try DERPHandshake.clientInfo(of: TestKey(), for: pending.serverKey)
        frame.payload[frame.payload.count - 1] ^= 1
        try pending.expectRefusal(of: frame.encoded)
        try Self.expectServes(server)
    }

    @Test("A box for another server closes the connection")
    func foreignBox() throws {
        let server = try ServerProcess(.plain)
        let pending = try PendingClient(server)
        let frame = try DERPHandshake.clientInfo(of: TestKey(), for: TestKey().publicBytes)
        try pending.expectRefusal(of: frame.encoded)
    }

    @Test("The key in front must be the one that made the box")
    func foreignKey() throws {
        let server = try ServerProcess(.plain)
        let pending = try PendingClient(server)
        var frame = try DERPHandshake.clientInfo(of: TestKey(), for: pending.serverKey)
        frame.payload.replaceSubrange(..<32, with: TestKey().publicBytes)
        try pending.expectRefusal(of: frame.encoded)
    }

    @Test("A zero client key is refused, whatever its box")
    func zeroKey() throws {
        let server = try ServerProcess(.plain)
        let pending = try PendingClient(server)
        let zero = [UInt8](repeating: 0, count: 32)
        var frame = try DERPHandshake.clientInfo(of: TestKey(), for: pending.serverKey)
        frame.payload.replaceSubrange(..<32, with: zero)
        try pending.expectRefusal(of: frame.encoded)
        // With a zero key the shared secret is known: this box opens where low-order keys are not refused.
        let known = try PendingClient(server)
        let box = try TestKey.sealWithZeroSharedSecret(Array(DERPHandshake.information.utf8))
        try known.expectRefusal(of: Frame(.clientInfo, zero + box).encoded)
        try Self.expectServes(server)
    }

    @Test("A ClientInfo too short for a key, a nonce and a box is refused", arguments: [0, 1, 32, 56, 71])
    func shortClientInfo(size: Int) throws {
        let server = try ServerProcess(.plain)
        let pending = try PendingClient(server)
        try pending.expectRefusal(of: Frame(.clientInfo, TestKey.random(size)).encoded)
    }

    @Test("A ClientInfo over 256 KiB is refused", arguments: [256 * 1024 + 1, 257 * 1024])
    func largeClientInfo(size: Int) throws {
        let server = try ServerProcess(.plain)
        let pending = try PendingClient(server)
        let frame = try OversizedClientInfo.frame(payloadSize: size, of: TestKey(), for: pending.serverKey)
        try pending.expectRefusal(of: frame.encoded)
        try Self.expectServes(server)
    }

    @Test(
        "A ClientInfo that claims to be huge is refused before it comes",
        arguments: [UInt32(257 * 1024), UInt32.max]
    )
    func claimedSize(length: UInt32) throws {
        let server = try ServerProcess(.plain)
        let pending = try PendingClient(server)
        try pending.expectRefusal(of: Frame.header(.clientInfo, length: length))
    }

    @Test(
        "Any other first frame is refused",
        arguments: [FrameType.serverKey, .ping, .sendPacket, .watchConnections, .unknown]
    )
    func otherFirstFrame(type: FrameType) throws {
        let server = try ServerProcess(.plain)
        let pending = try PendingClient(server)
        try pending.expectRefusal(of: Frame(type, TestKey.random(72)).encoded)
    }

    /// What one client does harms no other.
    private static func expectServes(_ server: ServerProcess) throws {
        try RawDERPClient(server).expectQuiet()
    }
}
