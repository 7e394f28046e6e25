import AsyncSockets
import DERPKitTesting
import TestSupport
import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("Clients of a relay", .timeLimit(.minutes(1)))
struct DERPClientTests {
    let group: IOLoopGroup
    var loop: IOLoop { self.group.loops[0] }

    init() throws { self.group = try IOLoopGroup(count: 2) }

    /// Runs `body` with a relay of two loops.
    private func withRelay(_ body: @Sendable (TestRelay) async throws -> Void) async throws {
        try await TestRelay.run(configure: { $0.loopCount = 2 }, body)
    }

    @Test("packets of all sizes go from one to the other, and the end of one is reported")
    func packets() async throws {
        try await self.withRelay { relay in
            let alice = try await DERPClient.connect(to: relay.server, on: self.group.loops[0])
            let bob = try await DERPClient.connect(to: relay.server, on: self.group.loops[1])
            #expect(alice.serverKey == relay.serverKey)
            #expect(alice.serverAddress.port == relay.server.port && alice.tls == nil && !alice.isFastStart)
            #expect(alice.serverInfo.version == 2)
            for size in [0, 1, 1400, 65_535, 65_536] {
                let packet = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
                try await alice.send(packet, to: bob.publicKey)
                #expect(try await bob.receive(within: .seconds(10)) == .packet(from: alice.publicKey, packet))
            }
            let misuse = DERPError(.misuse, "a packet of 65537 bytes is too large: 65536 bytes are the limit")
            await #expect(throws: misuse) {
                try await alice.send([UInt8](repeating: 0, count: 65_537), to: bob.publicKey)
            }
            await alice.close()
            #expect(try await bob.receive(within: .seconds(10)) == .peerGone(alice.publicKey, .disconnected))
            try await bob.ping(0x0102_0304_0506_0708)
            #expect(try await bob.receive(within: .seconds(10)) == .pong(0x0102_0304_0506_0708))
            await #expect { try await alice.send([1], to: bob.publicKey) } throws: { error in
                (error as? DERPError)?.code == .closed
            }
        }
    }

    @Test("many packets come in few batches, in order")
    func batches() async throws {
        try await self.withRelay { relay in
            let alice = try await DERPClient.connect(to: relay.server, on: self.group.loops[0])
            let bob = try await DERPClient.connect(to: relay.server, on: self.group.loops[1])
            let count = 1000
            let received = Lock<[UInt64]>([])
            // No more than the relay's queue holds at any time.
            for start in stride(from: 0, to: count, by: 100) {
                for number in start..<start + 100 {
                    let packet = withUnsafeBytes(of: UInt64(number)) { Array($0) }
                    try await alice.send(packet, to: bob.publicKey)
                }
                while received.withLock({ $0.count }) < start + 100 {
                    try await bob.receiveFrames(within: .seconds(10)) { frame in
                        guard case .packet(_, let packet) = frame, packet.count == 8 else { return }
                        received.withLock { $0.append(packet.loadUnaligned(as: UInt64.self)) }
                    }
                }
            }
            #expect(received.withLock { $0 } == (0..<UInt64(count)).map { $0 })
        }
    }

    @Test("TLS is trusted by pin or not at all, and tells the server's key for a fast start")
    func tls() async throws {
        let certificate = try Certificate.selfSigned(for: "127.0.0.1")
        try await TestRelay.run(security: .tls(certificate)) { relay in
            @Sendable func server(_ trust: ServerTrust) -> DERPClient.Server {
                var server = relay.server
                server.security = .tls(trust)
                return server
            }
            let pinned = try ServerTrust.pinned(certificate.pin)
            let client = try await DERPClient.connect(to: server(pinned), on: self.loop)
            #expect(client.isFastStart)
            let peer = try #require(client.tls)
            #expect(peer.isTLS13 && peer.certificates.count == 2)
            #expect(MetaCertificate.key(in: try #require(peer.certificates.last)) == client.serverKey)
            #expect(MetaCertificate.key(in: try #require(peer.certificates.first)) == nil)

            var options = DERPClient.Options()
            options.start = .upgrade
            let upgraded = try await DERPClient.connect(to: server(pinned), options: options, on: self.loop)
            #expect(!upgraded.isFastStart && upgraded.serverKey == relay.serverKey)

            options.serverKey = NodePrivateKey().publicKey
            await self.expect(.wrongServerKey, "the server has another key than the one expected") {
                try await DERPClient.connect(to: server(pinned), options: options, on: self.loop)
            }
            let other = try ServerTrust.pinned("sha256-raw:" + String(repeating: "0", count: 64))
            await self.expect(.tls, "the certificate is not the pinned one") {
                try await DERPClient.connect(to: server(other), on: self.loop)
            }
            await self.expect(.tls, "self-signed certificate") {
                try await DERPClient.connect(to: server(try ServerTrust.hostName()), on: self.loop)
            }
            let named = try ServerTrust.name("other.example", authoritiesPEM: certificate.chainPEM)
            await self.expect(.tls, "hostname mismatch") {
                try await DERPClient.connect(to: server(named), on: self.loop)
            }
            let named2 = try ServerTrust.name("127.0.0.1", authoritiesPEM: certificate.chainPEM)
            _ = try await DERPClient.connect(to: server(named2), on: self.loop)
        }
    }

    private func expect(_ code: DERPError.Code, _ text: String, _ body: () async throws -> DERPClient) async {
        await #expect {
            _ = try await body()
        } throws: { error in
            guard let error = error as? DERPError else { return false }
            return error.code == code && error.message.lowercased().contains(text)
        }
    }

    @Test("waiting can be given up by time or by cancellation, and resumed later; closing ends it")
    func waiting() async throws {
        try await self.withRelay { relay in
            let client = try await DERPClient.connect(to: relay.server, on: self.loop)
            await #expect(throws: DERPError(.timeout, "the server sent nothing in the given time")) {
                try await client.receive(within: .milliseconds(20))
            }
            let waiting = Task { try await client.receive() }
            try await self.waitUntilReceiving(client)
            waiting.cancel()
            #expect(await waiting.result.failure?.code == .cancelled)

            try await client.ping(7)
            #expect(try await client.receive(within: .seconds(10)) == .pong(7))
            let last = Task { try await client.receive() }
            try await self.waitUntilReceiving(client)
            await client.close()
            #expect(await last.result.failure?.code == .closed)
            #expect(await Task { try await client.receive() }.result.failure?.code == .closed)
        }
    }

    /// Returns when somebody waits for what the server sends.
    private func waitUntilReceiving(_ client: DERPClient) async throws {
        try await waitUntil("somebody receives") { await client.loop.run { client.link.waitingSince != nil } }
    }

    @Test("a client that is forgotten leaves the relay")
    func forgotten() async throws {
        try await self.withRelay { relay in
            let bob = try await DERPClient.connect(to: relay.server, on: self.loop)
            let key = NodePrivateKey()
            do {
                let alice = try await DERPClient.connect(to: relay.server, as: key, on: self.loop)
                try await alice.send([1], to: bob.publicKey)
            }
            #expect(try await bob.receive(within: .seconds(10)) == .packet(from: key.publicKey, [1]))
            #expect(try await bob.receive(within: .seconds(10)) == .peerGone(key.publicKey, .disconnected))
        }
    }

    @Test("on a loop whose group is gone, connecting to a server that says nothing ends in time")
    func silentServerOnOrphan() async throws {
        // Takes connections and answers nothing: it is never started.
        let silent = try TCPListener(binding: IPEndpoint(.loopbackIPv4, port: 0), group: self.group) { $0.close() }
        let server = DERPClient.Server(host: "127.0.0.1", port: silent.address.port, security: .none)
        var options = DERPClient.Options()
        options.connectTimeout = .milliseconds(300)
        let start = ContinuousClock.now
        await #expect {
            _ = try await DERPClient.connect(
                to: server,
                options: options,
                on: IOLoopGroup(count: 1).loops[0]
            )
        } throws: { ($0 as? DERPError)?.code == .timeout }
        #expect(start.duration(to: .now) < .seconds(20))
        await silent.close()
    }

    @Test("a client keeps its loop running, and nothing keeps it when the client is gone")
    func clientKeepsLoop() async throws {
        struct WeakLoop: Sendable {
            weak let loop: IOLoop?
        }
        try await self.withRelay { relay in
            func exchange() async throws -> WeakLoop {
                let client = try await DERPClient.connect(
                    to: relay.server,
                    on: IOLoopGroup(count: 1).loops[0]
                )
                try await client.ping(7)
                #expect(try await client.receive(within: .seconds(10)) == .pong(7))
                return WeakLoop(loop: client.loop)
            }
            let weak = try await exchange()
            try await waitUntil("the loop ends") { weak.loop == nil }
        }
    }
}

extension Result where Failure == any Error {
    /// The DERPError that it is.
    fileprivate var failure: DERPError? {
        if case .failure(let error) = self { error as? DERPError } else { nil }
    }
}
