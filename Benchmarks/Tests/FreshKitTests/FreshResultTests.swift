import Testing

@testable import FreshKit

@Suite struct FreshResultTests {
    private static let line = LineSettings(rate: 4)

    /// Returns a record of 1 s that begins at 1 s: floods of packets that are 50 ms old, one each 10 ms and flow.
    private static func record(floods: Int = 1) -> FreshRecord {
        var record = FreshRecord()
        record.window = 1_000_000_000..<2_000_000_000
        record.flows = [FlowPlan](repeating: .flood(size: 1200, rate: 1), count: floods) + [.light, .disco]
        record.sent = record.flows.map { _ in [] }
        var position: UInt64 = 0
        for step in UInt64(50)..<250 {
            for flow in record.flows.indices {
                let time = step * 10_000_000
                record.sent[flow].append(time)
                position += 1250
                record.arrivals.append(
                    Arrival(
                        flow: flow,
                        sequence: step - 50,
                        sent: time,
                        arrived: time + 50_000_000,
                        size: 1200,
                        position: position
                    )
                )
            }
        }
        var sample = SocketSample("ESTAB 0 9000 a b cubic rtt:40/1 cwnd:10 mss:1448 notsent:3000")
        sample?.time = 1_500_000_000
        record.samples = sample.map { [$0] } ?? []
        return record
    }

    private static func result(
        _ record: FreshRecord,
        _ scenario: FreshScenario = .flood,
        bulk: Double? = 375_000
    ) -> FreshResult {
        FreshResult("ours", FreshPlan.Case(scenario, Self.line, isTLS: true), record, RunSettings(), bulk)
    }

    @Test func everythingIsReached() {
        let result = Self.result(Self.record())
        #expect(result.floor == 40)
        #expect(result.flood.median == 50)
        #expect(result.flood.count == 100)
        #expect(abs(result.streamRate - 375_000) < 5000)
        #expect(result.payloadRate == 120_000)
        #expect(abs((result.throughput ?? 0) - 1) < 0.01)
        #expect(result.light.sent == 100)
        #expect(result.light.share == 1)
        #expect(result.notSent.median == 3000)
        #expect(result.missed == [])
    }

    @Test func onlyWhatWasSentWithinTheWindowMustArrive() {
        var record = Self.record()
        record.arrivals.removeAll { $0.flow == 1 && ($0.sent < 1_000_000_000 || $0.sent >= 2_000_000_000) }
        #expect(Self.result(record).light.share == 1)
    }

    @Test func lostPacketsAreMissed() {
        var record = Self.record()
        record.arrivals.removeAll { $0.flow == 1 && $0.sequence % 10 == 0 }
        record.arrivals.removeAll { $0.flow == 2 && $0.sequence % 20 == 0 }
        let result = Self.result(record)
        #expect(result.light.share == 0.9)
        #expect(result.disco.share == 0.95)
        #expect(result.missed == ["light delivered", "disco delivered"])
    }

    @Test func oldPacketsAreMissed() {
        var record = Self.record()
        for index in record.arrivals.indices { record.arrivals[index].arrived += 100_000_000 }
        #expect(Self.result(record).missed == ["p50", "p99", "light p99"])
    }

    @Test func littleThroughputIsMissed() {
        #expect(Self.result(Self.record(), bulk: 400_000).missed == ["throughput"])
    }

    @Test func sharesAreComparedWithTheirMean() throws {
        var record = Self.record(floods: 10)
        #expect(Self.result(record, .shares).missed == [])
        record.arrivals.removeAll { $0.flow == 3 && $0.sequence % 5 == 0 }
        let result = Self.result(record, .shares)
        let range = try #require(result.shareRange)
        #expect(abs(range.least - 0.8 / 0.98) < 1e-9)
        #expect(abs(range.most - 1 / 0.98) < 1e-9)
        #expect(result.missed == ["shares"])
    }

    @Test func aStalledReceiverSaysWhatKernelsHeld() throws {
        var record = Self.record()
        // The receiver had read 100 packets. Its kernel held 20, the relay's 40 more.
        record.resumption = (100 * 1250, 20 * 1250)
        record.stalledSocket = SocketSample("ESTAB 0 50000 a b cubic rtt:40/1 cwnd:10 mss:1448")
        for index in 120..<160 { record.arrivals[index].arrived += 500_000_000 }
        record.arrivals[160].arrived += 70_000_000
        let stall = try #require(Self.result(record, .stall).stall)
        #expect(stall.receiverHeld == 25_000)
        #expect(stall.relayHeld == 50_000)
        #expect(stall.rest.most == 120)
        #expect(stall.older == [41 * 1200, 40 * 1200, 40 * 1200])
        #expect(Self.result(record, .stall).missed == ["kernel's queue"])
    }

    @Test func faultsAreFailures() {
        var record = Self.record()
        record.faults.reordered = 1
        #expect(!Self.result(record).failures.isEmpty)
    }
}
