import Testing
import Wire

@testable import Bench

struct WorkloadOptionsTests {
    @Test("the defaults are valid")
    func defaults() {
        #expect(WorkloadOptions().problems() == [])
    }

    /// An option's value at its limit, and one past it.
    struct Limit: Sendable {
        typealias Change = @Sendable (inout WorkloadOptions) -> Void

        let name: String
        let good: Change
        let bad: Change

        init(_ name: String, _ good: @escaping Change, _ bad: @escaping Change) {
            (self.name, self.good, self.bad) = (name, good, bad)
        }
    }

    static let limits = [
        Limit("--port", { $0.port = 65_535 }, { $0.port = 65_536 }),
        Limit("--connections", { $0.connections = 1 }, { $0.connections = 0 }),
        Limit("--connections", { $0.connections = 2_147_483_647 }, { $0.connections = 2_147_483_648 }),
        Limit("--publishers", { $0.publishers = 50 }, { $0.publishers = 51 }),
        Limit("--window", { $0.window = 262_144 }, { $0.window = 262_145 }),
        Limit("--rate", { $0.rate = 1_000_000 }, { $0.rate = 1_000_001 }),
        Limit("--rate", { $0.rate = 0.1 }, { $0.rate = 0 }),
        Limit("--rate", { $0.rate = 1 }, { $0.rate = .nan }),
        Limit("--size", { $0.payloadBytes = Stamp.byteCount }, { $0.payloadBytes = Stamp.byteCount - 1 }),
        Limit("--type", { $0.messageType = 65_535 }, { $0.messageType = 65_536 }),
        Limit("--duration", { $0.duration = .seconds(86_400) }, { $0.duration = .milliseconds(86_400_001) }),
        Limit("--duration", { $0.duration = .milliseconds(1) }, { $0.duration = .zero }),
        Limit("--warm-up", { $0.warmUp = .zero }, { $0.warmUp = .milliseconds(86_400_001) }),
        Limit("--count", { $0.count = 1 }, { $0.count = 0 }),
        Limit("exclude", { $0.window = 5 }, { ($0.window, $0.rate) = (5, 5) }),
        Limit("--expect others", { $0.reach = .others }, { ($0.connections, $0.reach) = (1, .others) }),
        Limit(
            "sequences",
            { ($0.connections, $0.publishers) = (4096, 4096) },
            { ($0.connections, $0.publishers) = (4097, 4096) }
        ),
    ]

    @Test("a value at each limit is valid, and one past it is an error that names the option", arguments: limits)
    func limit(_ limit: Limit) {
        var options = WorkloadOptions()
        limit.good(&options)
        #expect(options.problems() == [])
        options = WorkloadOptions()
        limit.bad(&options)
        #expect(options.problems().count == 1)
        #expect(options.problems().first?.contains(limit.name) == true)
    }

    @Test(
        "the longest payload depends on the transport",
        arguments: [
            (WorkloadOptions.Transport.udp, 1500),
            (.tcp(.two), 65_535), (.tcp(.four), WorkloadOptions.payloadBytesMax),
        ]
    )
    func sizes(transport: WorkloadOptions.Transport, longest: Int) {
        var options = WorkloadOptions()
        options.transport = transport
        options.payloadBytes = longest
        #expect(options.problems() == [])
        options.payloadBytes += 1
        #expect(options.problems().count == 1)
    }

    @Test("echoes need no sequence for each pair of connections")
    func echoSequences() {
        var options = WorkloadOptions()
        (options.connections, options.publishers, options.reach) = (10_000, 10_000, .echo)
        #expect(options.problems() == [])
    }

    @Test("unset options get defaults that fit the server's route")
    func openOptions() {
        var options = WorkloadOptions()
        #expect(options.workload(.echo).publishers == 50)
        #expect(options.workload(.echo).pace == .window(1))
        #expect(options.workload(.broadcast).publishers == 10)
        #expect(options.workload(.others).pace == .window(16))
        options.connections = 4
        options.rate = 3
        #expect(options.workload(.broadcast).publishers == 4)
        #expect(options.workload(.broadcast).pace == .rate(3))
    }
}
