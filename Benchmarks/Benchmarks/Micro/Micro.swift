import Benchmark
import MicroCases

/// The same cases, timed by the benchmark library: for people at work on one of them.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration.metrics = [.instructions, .cpuTotal, .throughput]
    Benchmark.defaultConfiguration.scalingFactor = .kilo
    for one in MicroCase.all {
        Benchmark(one.name) { benchmark in
            let work = try one.prepare()
            benchmark.startMeasurement()
            work(benchmark.scaledIterations.count)
            benchmark.stopMeasurement()
        }
    }
}
