import ArgumentParser
import Glibc

/// Puts the same load on lobbyd and on servers with other protocols. One loop drives all of them, so the comparison
/// shows the servers and not the generators. Users of lobbyd have `lobbyctl bench`.
@main
struct PeerLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a load on a relay in the relay's own protocol, and print the counts as JSON."
    )

    enum Work: String, ExpressibleByArgument, CaseIterable {
        case fanout
        case echo
        case idle
        case churn
    }

    @Argument(help: "fanout, echo, idle (connections without traffic) or churn (connect, echo one, close).")
    var work: Work
    @Option(help: "panda, redis or nats.")
    var dialect = Dialect.panda
    @Option(help: "The server's port on 127.0.0.1.")
    var port: UInt16
    @Option(help: "The server's process id, to measure its processor time.")
    var pid: Int32
    @Option(help: "The number of connections; with churn one after the other.")
    var connections = 100
    @Option(help: "The number of connections that publish.")
    var publishers = 10
    @Option(help: "Messages in flight per publisher.")
    var window: Int?
    @Option(help: "Messages per second and publisher, without a window.")
    var rate = 100.0
    @Option(help: "Bytes per payload.")
    var size = 64
    @Option(help: "Seconds to measure.")
    var seconds = 3.0
    @Option(help: "Seconds of load before the measurement.")
    var warmUp = 1.0

    func validate() throws {
        guard Stamp.size...65_535 ~= self.size else { throw ValidationError("--size \(self.size): use 16 to 65535") }
        guard self.publishers <= self.connections else { throw ValidationError("--publishers: at most --connections") }
    }

    func run() throws {
        Self.raiseDescriptorLimit()
        let server = ServerProcess(id: self.pid)
        switch self.work {
        case .fanout, .echo: try self.load(server)
        case .idle: try self.idle(server)
        case .churn: try self.churn(server)
        }
    }

    private var workload: Workload {
        Workload(
            dialect: self.dialect,
            port: self.port,
            connections: self.connections,
            publishers: self.publishers,
            window: self.window,
            rate: self.rate,
            payloadBytes: self.size,
            messageType: self.work == .echo ? 2 : 1
        )
    }

    private func load(_ server: ServerProcess) throws {
        var crowd = try Crowd(self.workload)
        try crowd.run(until: now() + UInt64(self.warmUp * 1e9))
        crowd.resetTally()
        let (start, cpu) = (now(), server.cpuSeconds)
        try crowd.run(until: start + UInt64(self.seconds * 1e9))
        let (elapsed, used) = (Double(now() - start) / 1e9, server.cpuSeconds - cpu)
        print(crowd.tally.json(seconds: elapsed, cpuSeconds: used))
    }

    private func idle(_ server: ServerProcess) throws {
        let before = server.residentBytes
        let crowd = try Crowd(self.workload)
        let bytes = (server.residentBytes - before) / crowd.workload.connections
        print("{\"resident_bytes\": \(before), \"bytes_per_connection\": \(bytes)}")
    }

    private func churn(_ server: ServerProcess) throws {
        let echo = self.dialect.publication(of: self.size).head + [2] + [UInt8](repeating: 0, count: self.size - 1)
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: echo.count, alignment: 1)
        defer { room.deallocate() }
        let cpu = server.cpuSeconds
        for _ in 0..<self.connections {
            let socket = try LoadSocket(port: self.port)
            // A new socket's buffer has room for the whole datagram.
            _ = try socket.send(echo[...])
            var missing = echo.count
            while missing > 0 { missing -= try socket.receive(into: room) }
            socket.close()
        }
        print("{\"connections\": \(self.connections), \"cpu_seconds\": \(server.cpuSeconds - cpu)}")
    }

    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
