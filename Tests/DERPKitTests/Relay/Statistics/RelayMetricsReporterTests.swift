#if Metrics
    import CoreMetrics
    import MetricsTestKit
    import Testing

    @testable import DERPKit

    @Suite("Numbers for swift-metrics", .timeLimit(.minutes(1)))
    struct RelayMetricsReporterTests {
        @Test("counters grow by what was added, gauges are as they are; names and labels are those of the page")
        func sink() throws {
            let metrics = TestMetrics()
            var sink = MetricsSink(metrics)
            func families(_ count: UInt64, _ clients: Int, _ seconds: Double) -> [MetricFamily] {
                [
                    .counter("a_total", "", [(count, [("reason", "x")]), (7, [("reason", "y")])]),
                    .gauge("b", "", clients), .counter("c_seconds_total", "", seconds: seconds),
                ]
            }
            sink.take(families(5, 3, 0.5))
            sink.take(families(9, 2, 2))
            // A number that was read a little late.
            sink.take(families(8, 2, 2))
            sink.take(families(10, 2, 2))
            #expect(try metrics.expectCounter("a_total", [("reason", "x")]).totalValue == 10)
            #expect(try metrics.expectCounter("a_total", [("reason", "y")]).totalValue == 7)
            #expect(try metrics.expectGauge("b").lastValue == 2)
            // Whole numbers of seconds, as the kit has no counters of others.
            #expect(try metrics.expectCounter("c_seconds_total").totalValue == 2)
        }

        @Test("a relay's numbers come from time to time, all families of the page, and a last time at the end")
        func reporter() async throws {
            try await ObservedRelay.run { observed in
                let metrics = TestMetrics()
                let reporter = RelayMetricsReporter(observed.relay, every: .milliseconds(100), factory: metrics)
                let reporting = Task { await reporter.run() }
                let client = try await observed.connect()
                while (try? metrics.expectCounter("derp_logins_total").totalValue) != 1 { await Task.yield() }
                let other = try await observed.connect()
                reporting.cancel()
                await reporting.value
                #expect(try metrics.expectGauge("derp_clients").lastValue == 2)
                let names = Set(metrics.counters.map(\.label) + metrics.recorders.map(\.label))
                let expected = Set(await observed.relay.statistics.samples.map(\.name))
                #expect(names.subtracting(expected) == [])
                // Counters that have never grown are there too.
                #expect(expected.subtracting(names) == [])
                for client in [client, other] { await client.close() }
            }
        }
    }
#endif
