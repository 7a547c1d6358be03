import ArgumentParser
import Bench
import Control
import Glibc
import Program
import Wire

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Put load on a relay and measure it.",
        discussion: """
            Opens connections, lets the first ones publish, and checks that each datagram arrives once, in order and \
            only where expected. A latency begins at the time when the datagram should have been sent, and ends when \
            bench reads it. If the server stalls, the latencies include the wait of every delayed datagram. Each \
            payload begins with the message type, so the server's routes apply to it.

            Ctrl-C ends the run early and prints the measurements so far, marked as interrupted. A second Ctrl-C ends \
            lobbyctl at once.

            Exit status: 0 after a run without faults. 1 when a datagram was lost, duplicated, out of order or at a \
            wrong connection, when a connection closed, when the run was interrupted before it measured anything, or \
            when the output cannot be written. 64 for a wrong command line. 71 when a connection could not be opened.
            """
    )

    @Option(help: "Name or address of the server.")
    var host = "localhost"
    @Option(help: "Port of the server.")
    var port = 9099
    @Option(help: ArgumentHelp("Transport of the datagrams: tcp or udp.", valueName: "transport"))
    var transport = BenchTransport.tcp
    @Option(help: "Bytes of the length in front of each payload over TCP: 2 or 4. Default: 2.")
    var headerSize: Int?
    @Option(help: "Number of connections to open.")
    var connections = 50
    @Option(help: "Number of connections that publish. Default: all when the server echoes, otherwise up to 10.")
    var publishers: Int?
    @Option(help: "Datagrams in flight for each publisher. Default: 1 when the server echoes, otherwise 16.")
    var window: Int?
    @Option(help: "Datagrams per second of each publisher, on a fixed schedule, in place of a window.")
    var rate: Double?
    @Option(help: "Bytes of each payload, at least 20: type, publisher, number and time must fit.")
    var size = 64
    @Option(help: "Message type at the beginning of each payload: one byte, or two if it is over 255.")
    var type = 1
    @Option(
        help: "Length of the measurement, such as 500ms, 10s or 1m. Default: 5s, or no limit with --count.",
        transform: durationArgument
    )
    var duration: Duration?
    @Option(
        help: "Time under load before the measurement. Default: 1s, or 0s with --count.",
        transform: durationArgument
    )
    var warmUp: Duration?
    @Option(help: "Number of datagrams to publish, over all publishers.")
    var count: Int?
    @Option(
        help: ArgumentHelp(
            "Expected receivers of each datagram: echo (its publisher), broadcast (all) or others (all except its publisher).",
            discussion: "Without this option, bench first sends a few datagrams to find the receivers.",
            valueName: "receivers"
        )
    )
    var expect: Reach?
    /// Only `json` has an effect here. `bench` does not use the control socket.
    @OptionGroup var options: ControlOptions

    func validate() throws {
        let problems = self.problems()
        if !problems.isEmpty { throw ValidationError(problems.joined(separator: "\n")) }
    }

    func run() throws {
        let interrupt = BenchInterrupt()
        let progress = ProgressLine()
        let runner = Runner(self.workload) { progress.show($0) }
        interrupt.reach(runner)
        let result = Result { () throws(RunError) in try runner.run() }
        interrupt.release()
        let progressFailure = progress.end()
        switch result {
        case .success(let report):
            try StandardStream.output.print(self.options.json ? report.json.description : report.text())
            if let progressFailure { throw progressFailure }
            if !report.isClean { throw ExitCode.failure }
        case .failure(let error):
            // If standard error cannot take the text, the exit status still tells of the failure.
            try? StandardStream.error.print("lobbyctl bench: \(error)")
            throw (error.isConnecting ? LobbyctlExit.unreachable : .failure).code
        }
    }
}

extension BenchCommand {
    private func problems() -> [String] {
        var problems = self.workload.problems()
        if let headerSize, Framing(headerSize: headerSize) == nil {
            problems.append("--header-size \(headerSize): must be 2 or 4")
        }
        if self.transport == .udp && self.headerSize != nil {
            problems.append("--header-size is not valid with --transport udp; remove it")
        }
        return problems
    }

    private var workload: WorkloadOptions {
        var options = WorkloadOptions()
        options.host = self.host.withoutBrackets
        options.port = self.port
        let framing = self.headerSize.flatMap(Framing.init(headerSize:)) ?? .two
        options.transport = self.transport == .udp ? .udp : .tcp(framing)
        options.connections = self.connections
        options.publishers = self.publishers
        options.window = self.window
        options.rate = self.rate
        options.payloadBytes = self.size
        options.messageType = self.type
        options.duration = self.duration
        options.warmUp = self.warmUp
        options.count = self.count
        options.reach = self.expect
        return options
    }
}

enum BenchTransport: String, ExpressibleByArgument, CaseIterable {
    case tcp
    case udp
}

extension Reach: ExpressibleByArgument {}
