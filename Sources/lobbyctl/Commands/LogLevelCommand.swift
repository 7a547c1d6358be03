import ArgumentParser
import Control

struct LogLevelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loglevel",
        abstract: "Set from which level up lobbyd logs, for good or for a while."
    )

    static let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

    @OptionGroup var options: ControlOptions

    @Argument(help: "One of \(levels.joined(separator: ", ")).", completion: .list(levels))
    var level: String

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("Go back after that long, such as 30s, 10m or 2h.", valueName: "duration"),
        transform: wholeDuration
    )
    var duration: Duration?

    func validate() throws {
        guard Self.levels.contains(self.level) else {
            throw ValidationError(
                "there is no level \(self.level.withoutControls), but \(Self.levels.joined(separator: ", "))"
            )
        }
    }

    func run() throws {
        try self.options.ask(.logLevel(self.level, duration: self.duration)) { (_: AnyResult) in
            "log level \(self.level)" + (self.duration.map { " for \($0.forPeople)" } ?? "")
        }
    }
}

private func wholeDuration(_ text: String) throws -> Duration {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600]
    guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()), count > 0,
        count <= 604_800 / unit
    else { throw ValidationError("a duration is a whole number of s, m or h, at most a week") }
    return .seconds(count * unit)
}
