import ArgumentParser
import Control

struct TopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Show the busiest connections, updated every second. q or Ctrl-C quits.",
        discussion: """
            On a terminal, top uses the whole screen. Without a terminal, and on a terminal without escape sequences \
            (TERM is dumb, empty or unset), it prints one page after another. With --json, it prints one line per \
            second. In these forms, only Ctrl-C quits.
            """
    )

    static let interval = Duration.seconds(1)

    @OptionGroup var options: ControlOptions

    @Option(help: "Sort by this column, largest first. Traffic counts the last second.")
    var sort = ConnectionColumn.bytesOut

    @Option(help: ArgumentHelp("Number of pages after which the command ends.", valueName: "number"))
    var count: Int?

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count \(count): must be at least 1") }
    }

    func run() throws {
        let view = TopView(json: self.options.json)
        try self.options.asking(waitingBy: view.wait) { client in
            try view.begin()
            defer { view.end() }
            do {
                try self.show(on: view, &client)
            } catch is ControlClient.Interrupted {
                // The user has quit.
            }
        }
    }

    private func show(on view: TopView, _ client: inout ControlClient) throws {
        var earlier = try view.asking { try Sample(of: &client) }
        var left = self.count ?? .max
        while left > 0 {
            try view.rest(until: earlier.takenAt + Self.interval)
            let sample = try view.asking { try Sample(of: &client) }
            try view.show(self.page(sample, since: earlier))
            earlier = sample
            left -= 1
        }
    }

    private func page(_ sample: Sample, since earlier: Sample) -> TopPage {
        let duration = sample.takenAt - earlier.takenAt
        let connections = TopPage.perSecond(sample.connections, since: earlier.connections, duration)
        return TopPage(
            status: sample.status,
            rates: StatusRates(from: earlier.status, to: sample.status),
            connections: self.sort.sort(connections, isReversed: true)
        )
    }
}

/// The daemon's answers at one time.
private struct Sample {
    let takenAt = ContinuousClock.now
    let status: StatusReport
    let connections: [ConnectionReport]

    init(of client: inout ControlClient) throws {
        self.status = try client.ask(.status, StatusReport.self)
        self.connections = try client.connections()
    }
}
