import STUNKit
import Testing

@testable import DERPKit

@Suite("Statistics")
struct RelayStatisticsTests {
    /// All plain numbers of ``RelayCounters``.
    private static let fields: [any WritableKeyPath<RelayCounters, UInt64> & Sendable] = [
        \.accepts, \.acceptFailures, \.logins, \.unverifiedAdmissions, \.packetsReceived.disco, \.packetsReceived.other,
        \.bytesReceived, \.packetsSent, \.bytesSent, \.packetsForwardedOut, \.bytesForwardedOut, \.packetsForwardedIn,
        \.bytesForwardedIn, \.pings, \.pongs, \.keepAlives, \.unknownFrames, \.peerGoneDisconnected, \.peerGoneNotHere,
        \.homeMoves, \.notIdeal, \.webSockets, \.rateWaits,
    ]

    /// Counters of which no two are alike, and how many there are.
    private static func distinct() -> (RelayCounters, count: UInt64) {
        var counters = RelayCounters()
        var number: UInt64 = 1000
        func next() -> UInt64 {
            number += 1
            return number
        }
        for field in Self.fields { counters[keyPath: field] = next() }
        counters.homeClients = Int64(next())
        for reason in WebSocketEnd.allCases { counters.webSocketEnds[reason] = next() }
        for reason in CloseReason.allCases { counters.closes[reason] = next() }
        for reason in ConnectionRefusal.allCases { counters.connectionRefusals[reason] = next() }
        for reason in AdmissionDecision.Reason.Kind.allCases { counters.refusals[reason] = next() }
        for reason in RefusalEnd.allCases { counters.refusalEnds[reason] = next() }
        for reason in DropReason.allCases {
            for kind in PacketKind.allCases { counters.drop(reason, kind, count: Int(next()), byteCount: Int(next())) }
        }
        return (counters, number - 1000)
    }

    private static func statistics(_ counters: RelayCounters, hasQueueDelays: Bool = true) -> RelayStatistics {
        RelayStatistics(
            connections: .init(counters, open: 0),
            clients: .init(counters, .init(), held: 0),
            packets: .init(counters),
            mesh: .init(.init(), links: []),
            certificates: [],
            hasQueueDelays: hasQueueDelays,
            counters: counters,
            strangers: .init(),
            waiting: .init(),
            certificateCounters: nil,
            map: .init(regions: 0, sources: 0, staleSources: 0, pendingSources: 0, sourceFailures: 0),
            stun: .init(),
            bootstrapDNS: .init(),
            takeover: .init()
        )
    }

    private static func numbers(_ statistics: RelayStatistics) -> [UInt64] {
        statistics.metrics.filter { $0.kind != .histogram }.flatMap(\.samples).compactMap { sample in
            switch sample.value {
            case .count(let count): count
            case .integer(let number): UInt64(exactly: number)
            case .real: nil
            }
        }
    }

    @Test("the test knows every counter of a loop")
    func fields() {
        let mirror = Mirror(reflecting: RelayCounters())
        let plain = mirror.children.count { $0.value is UInt64 }
        // Two more are those of `packetsReceived`.
        #expect(plain + 2 == Self.fields.count)
        #expect(mirror.children.count - plain == 10, "a new kind of counter")
    }

    @Test("what a loop counts is on the page, each number once; and loops add up")
    func complete() {
        let (counters, count) = Self.distinct()
        #expect(Self.numbers(Self.statistics(counters)).filter { $0 > 1000 }.sorted() == Array(1001...1000 + count))
        var sum = counters
        sum += counters
        let doubled = Self.numbers(Self.statistics(sum)).filter { $0 > 1000 }.sorted()
        #expect(doubled == (1001...1000 + count).map { 2 * $0 })
    }

    @Test("a count can be read by its reason")
    func tallies() {
        var counters = RelayCounters()
        counters.closes[.writeTimeout] = 3
        counters.closes[.peer] = 4
        counters.refusals[.denyList] = 5
        counters.drop(.queueHead, .disco, count: 6, byteCount: 600)
        counters.drop(.queueHead, .other, count: 7, byteCount: 700)
        let statistics = Self.statistics(counters)
        #expect(statistics.connections.closed[.writeTimeout] == 3 && statistics.connections.closed.total == 7)
        #expect(statistics.connections.closed.first?.key == .peer)
        #expect(statistics.connections.closed.map(\.key.description) == CloseReason.allCases.map(\.label))
        #expect(statistics.clients.refused[ClientRefusalReason(.denyList)] == 5)
        #expect(statistics.clients.refused[.clientLimit] == 0)
        #expect(statistics.packets.droppedDisco[.queueHead] == 6 && statistics.packets.dropped == 13)
        #expect(statistics.packets.droppedDiscoBytes[.queueHead] == 600)
        #expect(statistics.packets.droppedOtherBytes[.queueHead] == 700)
    }

    @Test("the page is made of families with names of their own, and as the statistics say")
    func page() {
        let statistics = Self.statistics(RelayCounters())
        let names = statistics.metrics.map(\.name)
        #expect(Set(names).count == names.count)
        let lines = statistics.prometheusText.split(separator: "\n")
        #expect(lines.contains("derp_clients 0"))
        #expect(lines.count { $0.hasPrefix("# TYPE ") } == names.count)
    }

    @Test("packets that aren't noted as waiting didn't wait")
    func delays() {
        var counters = RelayCounters()
        counters.packetsSent = 10
        counters.queueDelays.note(15_000_000)
        counters.queueDelays.note(15_000_000)
        counters.queueDelays.note(2_000_000_000)
        let lines = Self.statistics(counters).prometheusText.split(separator: "\n").filter {
            $0.contains("queue_delay")
        }
        #expect(lines[1] == "# TYPE derp_queue_delay_seconds histogram")
        #expect(lines[2] == #"derp_queue_delay_seconds_bucket{le="0.001"} 7"#)
        #expect(lines.contains(#"derp_queue_delay_seconds_bucket{le="0.02"} 9"#))
        #expect(lines.contains(#"derp_queue_delay_seconds_bucket{le="1.0"} 9"#))
        #expect(
            lines.suffix(3) == [
                #"derp_queue_delay_seconds_bucket{le="+Inf"} 10"#, "derp_queue_delay_seconds_sum 2.03",
                "derp_queue_delay_seconds_count 10",
            ]
        )
    }

    @Test("nothing is said about waiting if it isn't timed")
    func untimed() {
        var counters = RelayCounters()
        counters.packetsSent = 10
        let text = Self.statistics(counters, hasQueueDelays: false).prometheusText
        #expect(!text.contains("queue_delay"))
        #expect(text.contains("derp_packets_sent_total 10"))
    }

    @Test("every number of the page is a sample, with its labels")
    func samples() {
        var counters = RelayCounters()
        counters.webSocketEnds[.protocolError] = 3
        counters.drop(.queueHead, .disco, count: 6, byteCount: 600)
        let statistics = Self.statistics(counters)
        let samples = statistics.samples
        #expect(samples.count == statistics.metrics.map(\.samples.count).reduce(0, +))
        #expect(
            samples.contains(
                .init(name: "derp_websockets_closed_total", labels: ["reason": "protocol_error"], value: 3)
            )
        )
        #expect(
            samples.contains(
                .init(
                    name: "derp_packets_dropped_total",
                    labels: ["reason": "queue_head", "kind": "disco"],
                    value: 6
                )
            )
        )
        #expect(samples.contains(.init(name: "derp_clients", labels: [:], value: 0)))
    }
}
