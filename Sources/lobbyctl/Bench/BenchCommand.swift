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
            Opens connections, lets the first of them publish, and checks that each datagram arrives once, in order and \
            where it should. Latencies are from the moment when a datagram should have left to the one when it was read: \
            a server that stalls is charged for all that waited. What is sent begins with the message type, so that the \
            server's routes decide what becomes of it.

            Ctrl-C ends the run: the measurements so far are printed, marked as interrupted. A second one ends it at once.

            Exits with 0, 1 when anything was lost, doubled, out of order or astray, a connection ended, the run was \
            interrupted before it measured anything, or the output can't be written, 64 on a wrong command line, 71 when \
            it could not connect.
            """
    )

    @Option(help: "Name or address of the server.")
    var host = "localhost"
    @Option(help: "Its port.")
    var port = 9099
    @Option(help: ArgumentHelp("What carries the datagrams: tcp or udp.", valueName: "transport"))
    var transport = BenchTransport.tcp
    @Option(help: "Bytes of each datagram's length over TCP: 2 or 4.")
    var headerSize: Int?
    @Option(help: "How many connections to open.")
    var connections = 50
    @Option(help: "How many of them publish. Default: all where datagrams are echoed, otherwise up to 10.")
    var publishers: Int?
    @Option(help: "Datagrams that each publisher has in flight. Default: 1 where they are echoed, otherwise 16.")
    var window: Int?
    @Option(help: "Datagrams a second of each publisher, whatever comes back, in place of a window.")
    var rate: Double?
    @Option(help: "Bytes of each payload, at least 20: what is checked must fit.")
    var size = 64
    @Option(help: "The message type, with which each payload begins; one byte, or two if it is over 255.")
    var type = 1
    @Option(
        help: "How long to measure, such as 500ms, 10s or 1m. Default: 5s, or with a count no end.",
        transform: durationArgument
    )
    var duration: Duration?
    @Option(
        help: "Load before that, which is not measured. Default: 1s, or with a count 0s.",
        transform: durationArgument
    )
    var warmUp: Duration?
    @Option(help: "Datagrams to publish, by all publishers together.")
    var count: Int?
    @Option(
        help: ArgumentHelp(
            "Whom each datagram should reach: echo (its publisher), broadcast (everyone) or others (all but its publisher).",
            discussion: "Without it the server is asked first.",
            valueName: "whom"
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
            throw ExitCode(error.isConnecting ? EX_OSERR : EXIT_FAILURE)
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
            problems.append("--header-size is for TCP")
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
