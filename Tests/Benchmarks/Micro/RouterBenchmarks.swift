import Benchmark
import Engine
import Relay

/// One run of 100 datagrams: without routes, with one route for all, and with a route change after each datagram.
func registerRouterBenchmarks() {
    let options = HandlerOptions(includeSender: true)
    let routes = [Route(types: [2...2], handler: EchoHandler(options))]
    let cases: [(name: String, routes: [Route], types: [UInt8])] = [
        ("no routes", [], [1]),
        ("one route, never changes", routes, [2]),
        ("one route, always changes", routes, [1, 2]),
    ]
    for (name, routes, types) in cases {
        Benchmark("Router: 100 datagrams, \(name)") { benchmark in
            let router = Router(messageType: .uint8, routes: routes, fallback: BroadcastHandler(options))
            Frames(100, types: types).withRun { run in
                for _ in benchmark.scaledIterations { router.route(run, to: CountingOutlet()) }
            }
        }
    }
}

/// Discards each run in a way that the compiler cannot optimize away.
private struct CountingOutlet: DatagramOutlet {
    func reply(_ run: DatagramRun) { blackHole(run.datagramCount) }
    func broadcast(_ run: DatagramRun, includingSender: Bool) { blackHole(run.datagramCount) }
    func drop(_ run: DatagramRun) { blackHole(run.datagramCount) }
}
