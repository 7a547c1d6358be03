import ArgumentParser
import Control
import Glibc
import Program

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the state of lobbyd: listeners, connections, rates, last reload.",
        discussion: "The command takes a second. The rates are the traffic of that second."
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
