import Benchmark
import CStubSend

/// A turn of a shard: the datagrams of ten publishers, and one send per connection. `CStubSend` replaces the kernel.
func registerFanOutBenchmarks() {
    for (count, includesSender) in [(100, true), (1000, true), (100, false)] {
        let name = "Fan-out: a turn of 10 datagrams to \(count)\(includesSender ? "" : ", senders left out")"
        Benchmark(name, configuration: .init(scalingFactor: .one)) { benchmark in
            let shard = StubShard(connectionCount: count)
            let frames = Frames(1)
            shard.turn(publisherCount: 10, frames, includingSender: includesSender)
            precondition(stub_sent_bytes() > 0, "the engine does not send through the stub")
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations {
                shard.turn(publisherCount: 10, frames, includingSender: includesSender)
            }
        }
    }
}
