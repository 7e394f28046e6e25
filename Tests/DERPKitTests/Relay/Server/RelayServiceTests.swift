@_spi(Benchmarks) import DERPKit
import Logging
import ServiceLifecycle
import TestSupport
import Testing

/// A relay as a part of another program. Public API only.
@Suite("A relay beside other services", .timeLimit(.minutes(1)))
struct RelayServiceTests {
    private static func configuration(
        _ security: RelayServer.Configuration.Security = .none
    ) -> RelayServer.Configuration {
        var configuration = RelayServer.Configuration(
            privateKey: NodePrivateKey(),
            addresses: [IPEndpoint(.loopbackIPv4, port: 0)],
            security: security
        )
        configuration.loopCount = 1
        return configuration
    }

    private static func address(of relay: RelayServer) async throws -> IPEndpoint {
        try await waitUntil("the relay listens") { await !relay.boundAddresses.isEmpty }
        return try #require(await relay.boundAddresses.first)
    }

    private static func connect(
        to relay: RelayServer,
        _ security: DERPClient.Server.Security = .none,
        on group: IOLoopGroup
    ) async throws -> DERPClient {
        let address = try await self.address(of: relay)
        let server = DERPClient.Server(host: "127.0.0.1", port: address.port, security: security)
        return try await DERPClient.connect(to: server, on: group.loops[0])
    }

    @Test("a graceful shutdown of its group tells clients, and ends the group")
    func gracefulShutdown() async throws {
        let relay = try RelayServer(configuration: Self.configuration())
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let services = ServiceGroup(services: [relay], logger: logger)
        let running = Task { try await services.run() }
        let group = try IOLoopGroup(count: 1)
        let client = try await Self.connect(to: relay, on: group)
        await services.triggerGracefulShutdown()
        let message = try await client.receive()
        #expect(message == .restarting(reconnectAfter: .zero, tryFor: .seconds(30)))
        try await running.value
        #expect(await relay.boundAddresses.isEmpty)
    }

    @Test("two relays serve on the caller's loops, which outlive them")
    func sharedLoops() async throws {
        let group = try IOLoopGroup(count: 2)
        for _ in 0..<2 {
            let relays = try (0..<2).map { _ in try RelayServer(configuration: Self.configuration(), on: group) }
            for relay in relays { try await relay.start() }
            for relay in relays {
                let first = try await Self.connect(to: relay, on: group)
                let second = try await Self.connect(to: relay, on: group)
                try await first.send([1, 2, 3], to: second.publicKey)
                #expect(try await second.receive() == .packet(from: first.publicKey, [1, 2, 3]))
            }
            for relay in relays { await relay.shutdown() }
        }
    }

    @Test("a certificate whose file changes is shown, and its pin is in the map")
    func certificateFiles() async throws {
        let directory = try TemporaryDirectory()
        let first = try Certificate.selfSigned(for: "relay.test", directory: directory.path)
        let files = try CertificateFiles(directory: directory.path, hosts: ["relay.test"])
        var configuration = Self.configuration(.files(files))
        configuration.region = DERPRegion(
            regionID: 900,
            regionCode: "test",
            regionName: "Test",
            nodes: [DERPNode(name: "900a", regionID: 900, hostName: "relay.test")]
        )
        let relay = try RelayServer(configuration: configuration)
        let running = Task { try await relay.run() }
        let port = try await Self.address(of: relay).port
        #expect(relay.certificatePin == first.pin)
        try await waitUntil("the map has the port") {
            await relay.regionMap.map.regions[900]?.nodes.first?.derpPort == Int(port)
        }
        #expect(await relay.regionMap.map.regions[900]?.nodes.first?.certName == first.pin)

        let second = try Certificate.selfSigned(for: "relay.test")
        try directory.write(second.chainPEM, to: "relay.test.crt")
        try directory.write(second.privateKeyPEM, to: "relay.test.key")
        try await waitUntil("the map has the new pin") {
            await relay.regionMap.map.regions[900]?.nodes.first?.certName == second.pin
        }
        let group = try IOLoopGroup(count: 1)
        let trust = try ServerTrust.pinned(second.pin)
        let client = try await Self.connect(to: relay, .tls(trust), on: group)
        await client.close()
        running.cancel()
        try await running.value
    }

    @Test("rates whose file changes are in force, and a broken file changes nothing")
    func rateFile() async throws {
        let directory = try TemporaryDirectory()
        func write(_ rate: Int) throws {
            try directory.write(
                #"{"PerClientRateLimitBytesPerSec": \#(rate), "AdvertiseRates": true}"#,
                to: "rates.json"
            )
        }
        try write(100_000)
        var configuration = Self.configuration()
        configuration.rateLimitFile = try RateLimitFile(path: directory.file("rates.json"))
        let relay = try RelayServer(configuration: configuration)
        let running = Task { try await relay.run() }
        let group = try IOLoopGroup(count: 1)
        func rate() async throws -> Int? {
            let client = try await Self.connect(to: relay, on: group)
            defer { Task { await client.close() } }
            return client.serverInfo.tokenBucketBytesPerSecond
        }
        #expect(try await rate() == 100_000)
        try write(200_000)
        try await waitUntil("the new rate is in force") { try await rate() == 200_000 }
        try directory.write("{", to: "rates.json")
        await relay.reload()
        #expect(try await rate() == 200_000)
        #expect(configuration.rateLimitFile?.limits.perClient.bytesPerSecond == 200_000)
        running.cancel()
        try await running.value
    }
}
