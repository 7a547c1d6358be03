import ArgumentParser
import Control
import Glibc
import Program

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how lobbyd is doing: listeners, connections, rates, last reload.",
        discussion: "It takes a second: rates are what was moved in it."
    )

    @OptionGroup var options: ControlOptions

    func run() throws {
        let (first, second) = try self.options.asking { client in
            let first = try client.ask(.status, StatusReport.self)
            // Sleeps for a second.
            poll(nil, 0, 1000)
            return (first, try client.ask(.status, StatusReport.self))
        }
        let rates = StatusRates(from: first, to: second)
        if self.options.json {
            try StandardStream.output.print(rates.json(of: second).description)
        } else {
            try StandardStream.output.write(StatusPage(status: second, rates: rates, width: Terminal.width).text)
        }
    }
}
