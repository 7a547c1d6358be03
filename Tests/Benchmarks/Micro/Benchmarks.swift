import Benchmark
import Glibc

let benchmarks: @Sendable () -> Void = {
    let isQuick = getenv("LOBBYD_BENCH_QUICK") != nil
    Benchmark.defaultConfiguration = Benchmark.Configuration(
        metrics: [.wallClock, .throughput],
        // Each sample is a thousand rounds: the time to read the clock does not count.
        scalingFactor: .kilo,
        maxDuration: isQuick ? .milliseconds(200) : .seconds(2)
    )
    registerWireBenchmarks()
    registerRouterBenchmarks()
    registerFanOutBenchmarks()
}
