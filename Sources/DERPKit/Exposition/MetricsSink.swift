#if Metrics
    import CoreMetrics

    /// Families of metrics as swift-metrics takes them: counters by what was added since the last time, and
    /// histograms as counters of their classes.
    struct MetricsSink {
        private let factory: any MetricsFactory
        private var counters: [Identity: (counter: Counter, value: UInt64)] = [:]
        private var times: [Identity: (counter: FloatingPointCounter, value: Double)] = [:]
        private var gauges: [Identity: Gauge] = [:]

        private struct Identity: Hashable {
            let name: String
            let labels: [String]
        }

        init(_ factory: any MetricsFactory) {
            self.factory = factory
        }

        mutating func take(_ families: [MetricFamily]) {
            for family in families {
                for sample in family.samples { self.take(sample, of: family) }
            }
        }

        private mutating func take(_ sample: MetricFamily.Sample, of family: MetricFamily) {
            let identity = Identity(
                name: family.name + sample.suffix,
                labels: sample.labels.flatMap { [$0.name, $0.value] }
            )
            switch (family.kind, sample.value) {
            case (.counter, .count(let value)), (.histogram, .count(let value)): self.count(value, identity, sample)
            case (.counter, .real(let value)), (.histogram, .real(let value)): self.add(value, identity, sample)
            case (_, .integer(let value)): self.gauge(identity, sample).record(value)
            case (_, .real(let value)): self.gauge(identity, sample).record(value)
            case (_, .count(let value)): self.gauge(identity, sample).record(Int64(clamping: value))
            }
        }

        private mutating func count(_ value: UInt64, _ identity: Identity, _ sample: MetricFamily.Sample) {
            let (counter, previous) =
                self.counters[identity]
                ?? (Counter(label: identity.name, dimensions: Self.dimensions(sample), factory: self.factory), 0)
            // A number of another thread's may be read a little late.
            if value > previous { counter.increment(by: Int64(clamping: value - previous)) }
            self.counters[identity] = (counter, max(value, previous))
        }

        private mutating func add(_ value: Double, _ identity: Identity, _ sample: MetricFamily.Sample) {
            let (counter, previous) =
                self.times[identity]
                ?? (
                    FloatingPointCounter(
                        label: identity.name,
                        dimensions: Self.dimensions(sample),
                        factory: self.factory
                    ), 0
                )
            if value > previous { counter.increment(by: value - previous) }
            self.times[identity] = (counter, max(value, previous))
        }

        private mutating func gauge(_ identity: Identity, _ sample: MetricFamily.Sample) -> Gauge {
            if let gauge = self.gauges[identity] { return gauge }
            let gauge = Gauge(label: identity.name, dimensions: Self.dimensions(sample), factory: self.factory)
            self.gauges[identity] = gauge
            return gauge
        }

        private static func dimensions(_ sample: MetricFamily.Sample) -> [(String, String)] {
            sample.labels.map { ($0.name, $0.value) }
        }
    }
#endif
