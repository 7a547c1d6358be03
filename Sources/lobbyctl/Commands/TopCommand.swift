import ArgumentParser
import Control
import Glibc

struct TopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Show the busiest connections, again every second; q or Ctrl-C ends it.",
        discussion: "On a terminal it takes the screen. Elsewhere, and with --json, one page or line follows the other."
    )

    static let interval = Duration.seconds(1)

    @OptionGroup var options: ControlOptions

    @Option(help: "Sort by this column, the largest first; in and out are those of the last second.")
    var sort = ConnectionColumn.bytesOut

    @Option(help: ArgumentHelp("End after so many pages.", valueName: "number"))
    var count: Int?

    func validate() throws {
        if let count, count < 1 { throw ValidationError("a count is at least 1") }
    }

    func run() throws {
        try self.options.asking { client in
            var earlier = try Sample(of: &client)
            let isLive = Terminal.isThere && !self.options.json
            let screen = LiveScreen(takingOver: isLive)
            defer { screen.end() }
            var left = self.count ?? .max
            while left > 0 {
                switch screen.wait(until: earlier.takenAt + Self.interval) {
                case .quit: return
                case .resized: continue
                case .timeout: break
                }
                let sample = try Sample(of: &client)
                guard self.show(sample, since: earlier, on: screen) else { return }
                earlier = sample
                left -= 1
            }
        }
    }

    /// - Returns: false when nobody looks any more.
    private func show(_ sample: Sample, since earlier: Sample, on screen: LiveScreen) -> Bool {
        let rates = StatusRates(from: earlier.status, to: sample.status)
        let duration = sample.takenAt - earlier.takenAt
        let connections = TopPage.perSecond(sample.connections, since: earlier.connections, duration)
        let sorted = self.sort.sort(connections, isReversed: true)
        if self.options.json {
            let page: JSONValue = ["status": rates.json(of: sample.status), "connections_per_second": sorted.json]
            return Terminal.write("\(page)\n")
        }
        let page = TopPage(status: sample.status, rates: rates, connections: sorted)
        return screen.show(page.lines(size: Terminal.size, isStyled: Terminal.takesStyles))
    }
}

/// What the daemon said at one time.
private struct Sample {
    let takenAt = ContinuousClock.now
    let status: StatusReport
    let connections: [ConnectionReport]

    init(of client: inout ControlClient) throws {
        self.status = try client.ask(.status, StatusReport.self)
        self.connections = try client.connections()
    }
}
