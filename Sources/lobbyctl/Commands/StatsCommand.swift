import ArgumentParser
import Control

struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Print every counter since lobbyd's start, one per line."
    )

    @OptionGroup var options: ControlOptions

    func run() throws {
        try self.options.ask(.stats) { (result: AnyResult) in Self.lines(result.json) }
    }

    static func lines(_ counters: JSONValue) -> String {
        guard case .object(let members) = counters else { return "" }
        let width = members.map(\.name.count).max() ?? 0
        return members.map { "\($0.name.withoutControls.padded(to: width))  \($0.value)" }.joined(separator: "\n")
    }
}
