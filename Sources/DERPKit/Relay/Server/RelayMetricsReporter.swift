#if Metrics
    import CoreMetrics
    import ServiceLifecycle

    /// Reports a relay's numbers to swift-metrics, under the names of `/metrics` (docs/metrics.md) and with labels as
    /// dimensions. Needs the package trait `Metrics`.
    ///
    /// This is a service that runs beside the relay, for example in a `ServiceGroup`. It reads
    /// ``RelayServer/statistics`` from time to time, and does nothing per packet.
    public struct RelayMetricsReporter: Service {
        private let relay: RelayServer
        private let interval: Duration
        private let factory: any MetricsFactory

        /// Creates a reporter for the numbers of `relay`.
        ///
        /// - Parameters:
        ///   - relay: The relay, whether or not it runs.
        ///   - interval: The time between two readings, at least 100 ms. Each reading visits every event loop.
        ///   - factory: Where the numbers go. `nil`: to the factory of `MetricsSystem`.
        public init(_ relay: RelayServer, every interval: Duration = .seconds(10), factory: (any MetricsFactory)? = nil)
        {
            self.relay = relay
            self.interval = max(interval, .milliseconds(100))
            self.factory = factory ?? MetricsSystem.factory
        }

        /// Reports the numbers until the task is cancelled or the service group stops gracefully, and once more at the
        /// end.
        public func run() async {
            await cancelWhenGracefulShutdown { await self.report() }
        }

        private func report() async {
            var sink = MetricsSink(self.factory)
            repeat {
                sink.take(await self.relay.statistics.metrics)
            } while (try? await Task.sleep(for: self.interval)) != nil
            sink.take(await self.relay.statistics.metrics)
        }
    }
#endif
