import AsyncSockets
import DERPKit
import Testing

@testable import LoadKit

@Suite("What a relay does wrong", .timeLimit(.minutes(1)))
struct FaultTests {
    private func run(_ fault: FaultyRelay.Fault, change: (inout RelayLoad) -> Void = { _ in }) async throws -> Report {
        let group = try IOLoopGroup(count: 1)
        let relay = FaultyRelay(fault)
        let listener = try await TCPListener(address: IPEndpoint(.loopbackIPv4, port: 0), group: group) { stream in
            Task(executorPreference: stream.loop) { await relay.serve(stream) }
        }
        var load = RelayLoad()
        load.count = 2
        load.sizes = [100, 33]
        load.warmup = .zero
        load.duration = .milliseconds(200)
        // One flow at a time would never see packets change places.
        load.pace = .window(8)
        change(&load)
        let target = try Target(url: "http://\(listener.address)", login: .pair)
        let report = try await load.run(target, group: group, meter: nil)
        await listener.close()
        return report
    }

    @Test("A relay without fault passes")
    func none() async throws {
        let report = try await self.run(.none)
        #expect(report.isSuccess)
        #expect(try #require(report["delivered"]) > 1000)
    }

    @Test("A changed or missing byte is corruption", arguments: [FaultyRelay.Fault.corrupt, .shorten])
    func corrupt(fault: FaultyRelay.Fault) async throws {
        #expect(try await self.run(fault).faults.corrupt == 1)
    }

    @Test("A packet that comes twice is reported")
    func double() async throws {
        #expect(try await self.run(.double).faults.doubled == 1)
    }

    @Test("Packets of a pair that change places are reported")
    func swap() async throws {
        // With one pair, the next packet is of the same pair.
        let report = try await self.run(.swap) { $0.count = 1 }
        #expect(report.faults.reordered == 1)
        #expect(!report.isSuccess)
    }

    @Test("Packets of one kind that change places are reported, and those of two kinds may")
    func overtake() async throws {
        let disco = try await self.run(.swap) {
            $0.count = 1
            $0.sizes = [100]
            $0.disco = 1
        }
        #expect(disco.faults.reordered == 1)
        // Every second packet is of the other kind.
        let mixed = try await self.run(.swap) {
            $0.count = 1
            $0.sizes = [100]
            $0.disco = 0.5
        }
        #expect(mixed.isSuccess)
        #expect(abs(try #require(mixed["disco of all that came"]) - 50) < 1)
    }

    @Test("A packet for another client is reported")
    func misdeliver() async throws {
        #expect(try await self.run(.misdeliver).faults.misdelivered == 1)
    }

    @Test("A lost packet fails a run that expects none lost, and no other")
    func drop() async throws {
        let strict = try await self.run(.drop)
        #expect(strict.faults.isEmpty)
        #expect(!strict.isSuccess)
        #expect(try await self.run(.drop) { $0.allowsLoss = true }.isSuccess)
    }

    @Test("A connection that the relay closes is reported")
    func disconnect() async throws {
        #expect(try await self.run(.disconnect).faults.disconnected > 0)
    }
}
