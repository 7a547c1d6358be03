import Benchmark
import Glibc

let benchmarks: @Sendable () -> Void = {
    let isQuick = getenv("LOBBYD_BENCH_QUICK") != nil
    Benchmark.defaultConfiguration = Benchmark.Configuration(
        metrics: [.wallClock, .throughput],
        // Each sample is a thousand rounds, so that reading the clock is not what is measured.
        scalingFactor: .kilo,
        maxDuration: isQuick ? .milliseconds(200) : .seconds(2)
    )
    registerWireBenchmarks()
    registerRouterBenchmarks()
    registerFanOutBenchmarks()
}
