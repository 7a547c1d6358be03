import ArgumentParser
import Control

struct LogLevelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loglevel",
        abstract: "Set the lowest level that lobbyd logs, optionally for a limited time."
    )

    static let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

    @OptionGroup var options: ControlOptions

    @Argument(help: "One of \(levels.joined(separator: ", ")).", completion: .list(levels))
    var level: String

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("Time until the previous level returns, such as 10m; at most 7d.", valueName: "duration"),
        transform: durationArgument
    )
    var duration: Duration?

    func validate() throws {
        guard Self.levels.contains(self.level) else {
            throw ValidationError(
                "there is no level \(self.level.withoutControls); use one of \(Self.levels.joined(separator: ", "))"
            )
        }
        let longest = ControlProtocol.logLevelDurationMax
        guard let duration else { return }
        guard duration > .zero, duration <= longest else {
            throw ValidationError("--for \(duration.text): must be over 0s and at most \(longest.text)")
        }
    }

    func run() throws {
        try self.options.ask(.logLevel(self.level, duration: self.duration)) { (_: AnyResult) in
            "log level \(self.level)" + (self.duration.map { " for \($0.text)" } ?? "")
        }
    }
}
