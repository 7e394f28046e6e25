import Testing

@testable import SoakKit

@Suite struct MetricsPageTests {
    @Test func readsSeries() {
        let page = MetricsPage("# TYPE a counter\na{x=\"1 2\"} 3\na{x=\"4\"} 5\nab 7\n")
        #expect(page.sum("a") == 8)
        #expect(page.value("a{x=\"1 2\"}") == 3)
        #expect(page.value("nothing") == 0)
    }

    @Test func noticesCountersThatFall() {
        let earlier = MetricsPage("a_total 3\nb_total{x=\"1\"} 4\nc_total 1\ngauge 9\n")
        let later = MetricsPage("a_total 3\nb_total{x=\"1\"} 3\ngauge 1\n")
        #expect(later.fallen(since: earlier) == ["b_total{x=\"1\"}", "c_total"])
    }

    @Test func addsDropsByReason() {
        let page = MetricsPage(
            """
            derp_packets_dropped_total{reason="queue_head",kind="disco"} 1
            derp_packets_dropped_total{reason="queue_head",kind="other"} 2
            derp_packets_dropped_total{reason="write_error",kind="other"} 0
            """
        )
        #expect(page.drops == ["queue_head": 3])
    }
}
