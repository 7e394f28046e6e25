import Testing

@testable import DERPKit

@Suite("Metrics")
struct MetricsTests {
    @Test("the text is Prometheus' format 0.0.4")
    func text() {
        var text = PrometheusText()
        text.counter("a_total", "All.", 7)
        text.counter("b_total", "Some.", [(1, [("x", "1"), ("y", "2")]), (2, [])])
        text.gauge("c", "Now.", -3, labels: [("z", "q")])
        #expect(
            String(decoding: text.bytes, as: UTF8.self) == """
                # HELP a_total All.
                # TYPE a_total counter
                a_total 7
                # HELP b_total Some.
                # TYPE b_total counter
                b_total{x="1",y="2"} 1
                b_total 2
                # HELP c Now.
                # TYPE c gauge
                c{z="q"} -3

                """
        )
    }

    @Test("drops have derper's seven reasons, counted apart by kind")
    func drops() {
        #expect(
            DropReason.allCases.map(\.label) == [
                "unknown_dest", "unknown_dest_on_fwd", "gone_disconnected", "queue_head", "queue_tail", "write_error",
                "dup_client",
            ]
        )
        var counters = RelayCounters()
        var number: UInt64 = 0
        for reason in DropReason.allCases {
            for kind in PacketKind.allCases {
                number += 1
                counters.drop(reason, kind, count: Int(number), byteCount: 100 * Int(number))
            }
        }
        var sum = counters
        sum += counters
        number = 0
        for reason in DropReason.allCases {
            for kind in PacketKind.allCases {
                number += 1
                #expect(sum.drops(reason, kind) == 2 * number)
                #expect(sum.droppedBytes(reason, kind) == 200 * number)
            }
        }
    }

    @Test("counters of loops add up")
    func sums() {
        var one = RelayCounters()
        one.accepts = 1
        one.homeClients = -2
        one.closes[.badFrame] = 5
        one.packetsReceived.count(.disco)
        var two = RelayCounters()
        two.homeClients = 3
        two.closes[.badFrame] = 6
        two.packetsReceived.count(.other)
        one += two
        #expect(one.accepts == 1)
        #expect(one.homeClients == 1)
        #expect(one.closes[.badFrame] == 11)
        #expect(one.packetsReceived.disco == 1 && one.packetsReceived.other == 1)
    }
}
