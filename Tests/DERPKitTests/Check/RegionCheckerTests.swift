import AsyncSockets
import TestSupport
import Testing

@testable import DERPKit

@Suite("Checks of relays in this process", .timeLimit(.minutes(1)))
struct RegionCheckerTests {
    private let group: IOLoopGroup

    init() throws { self.group = try IOLoopGroup(count: 1) }

    /// Runs `body` with a relay for relay.test and its node in a map, to be spoilt; and stops the relay.
    private func withRelay(
        _ change: (inout RelayServer.Configuration) -> Void = { _ in },
        _ body: (RelayServer, DERPNode) async throws -> Void
    ) async throws {
        let certificate = try Certificate.selfSigned(for: "relay.test")
        let loopback = IPEndpoint(.loopbackIPv4, port: 0)
        var configuration = RelayServer.Configuration(
            privateKey: NodePrivateKey(),
            addresses: [loopback],
            security: .tls(certificate)
        )
        configuration.stunAddresses = [loopback]
        configuration.loopCount = 2
        configuration.drainTimeout = .milliseconds(300)
        change(&configuration)
        let relay = try RelayServer(configuration: configuration)
        try await relay.start()
        do {
            var node = DERPNode(name: "7a", regionID: 7, hostName: "relay.test", certName: certificate.pin)
            // No name is looked up.
            (node.ipv4, node.ipv6) = ("127.0.0.1", "none")
            node.derpPort = Int(try #require(await relay.boundAddresses.first).port)
            node.stunPort = Int(await relay.boundSTUNAddresses.first?.port ?? 0)
            try await body(relay, node)
        } catch {
            await relay.shutdown()
            throw error
        }
        await relay.shutdown()
    }

    private func check(_ nodes: DERPNode..., settings: (inout CheckSettings) -> Void = { _ in }) async -> RegionReport {
        var wanted = CheckSettings()
        wanted.timeout = .seconds(5)
        settings(&wanted)
        let region = DERPRegion(regionID: 7, regionCode: "x", regionName: "X", nodes: nodes)
        let other = DERPRegion(regionID: 8, regionCode: "y", regionName: "Y")
        return await RegionChecker(settings: wanted, on: self.group)
            .check(region, in: DERPMap(regions: [region, other]))
    }

    private static func complaints(_ report: RegionReport) -> [String] {
        (report.findings + report.nodes.flatMap(\.findings)).filter { $0.severity != .info }.map(\.message)
    }

    @Test("a good relay is good, and what the map turns off is left alone")
    func good() async throws {
        try await self.withRelay { _, node in
            let report = await self.check(node)
            #expect(Self.complaints(report) == [])
            let measurements = try #require(report.nodes.first?.measurements)
            #expect(measurements.packetLoss == 0 && measurements.roundTripP99 != nil)
            #expect(measurements.loginTimeIPv4 != nil && measurements.loginTimeIPv6 == nil)
            #expect(measurements.stunTimeIPv4 != nil && measurements.certificateEnd != nil)

            var silent = node
            silent.stunPort = -1
            let without = await self.check(silent)
            #expect(Self.complaints(without) == [])
            #expect(without.nodes.first?.measurements.stunTimeIPv4 == nil)
        }
    }

    @Test("a node that is STUNOnly is never connected to")
    func stunOnly() async throws {
        let connections = Lock(0)
        let listener = try await TCPListener(
            address: IPEndpoint(.loopbackIPv4, port: 0),
            group: self.group
        ) { stream in
            connections.withLock { $0 += 1 }
            stream.close()
        }
        try await self.withRelay { _, node in
            var node = node
            node.derpPort = Int(listener.address.port)
            node.stunOnly = true
            #expect(Self.complaints(await self.check(node)) == ["all of its nodes are STUNOnly: none relays"])
            #expect(connections.withLock { $0 } == 0)
            node.stunOnly = false
            #expect(!Self.complaints(await self.check(node)).isEmpty)
            #expect(connections.withLock { $0 } > 0)
        }
        await listener.close()
    }

    @Test("two nodes with one relay behind them hand packets to each other; with two, they don't")
    func mesh() async throws {
        try await self.withRelay { _, one in
            var same = one
            same.name = "7b"
            let meshed = await self.check(one, same)
            #expect(Self.complaints(meshed) == [])
            #expect(meshed.findings.contains { $0.message.hasPrefix("packets pass between 7a and 7b") })
            try await self.withRelay { _, other in
                var other = other
                other.name = "7b"
                let apart = await self.check(one, other) {
                    $0.timeout = .seconds(1)
                    $0.packets = 5
                }
                #expect(Self.complaints(apart) == ["no packet passes between 7a and 7b"])
            }
        }
    }

    @Test("a refusal without a word is distinguished from a broken login")
    func refusal() async throws {
        let relay = try await ScriptedRelay(.refuse([]))
        var target = CheckTarget(DERPNode(name: "a", regionID: 0, hostName: "127.0.0.1"), isPlain: true)
        target.node.derpPort = Int(relay.server.port)
        target.node.stunPort = -1
        let report = await RegionChecker(on: self.group).check(target)
        let findings = try #require(report.nodes.first?.findings.filter { $0.severity != .info })
        #expect(findings.map(\.topic) == [.admission] && findings.map(\.severity) == [.warning])
    }

    @Test("a relay that hangs after the login is an error, in time")
    func hung() async throws {
        let relay = try await ScriptedRelay(.admit([]), reads: false)
        var target = CheckTarget(DERPNode(name: "a", regionID: 0, hostName: "127.0.0.1"), isPlain: true)
        target.node.derpPort = Int(relay.server.port)
        target.node.stunPort = -1
        var settings = CheckSettings()
        settings.timeout = .seconds(1)
        let start = ContinuousClock.now
        let report = await RegionChecker(settings: settings, on: self.group).check(target)
        #expect(.now - start < .seconds(20) * Sanitizer.slowness)
        #expect(Self.complaints(report).contains("none of 50 packets came back from another client of the relay"))
    }

    @Test("an unusable pin is an error")
    func pin() async throws {
        var node = DERPNode(name: "a", regionID: 7, hostName: "relay.test", certName: "sha256-raw:xyz")
        (node.ipv4, node.ipv6) = ("127.0.0.1", "none")
        #expect(Self.complaints(await self.check(node)) == ["a pin is sha256-raw: and 64 hex digits"])
    }
}
