import ArgumentParser
import Control

struct KickCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "kick", abstract: "Close one connection.")

    @OptionGroup var options: ControlOptions

    @Argument(help: "Its number, as in list and in the log.")
    var id: UInt64

    @Option(help: ArgumentHelp("Why, for the log; the client is not told.", valueName: "text"))
    var reason = ""

    func run() throws {
        try self.options.ask(.kick(id: self.id, reason: self.reason)) { (_: AnyResult) in "kicked \(self.id)" }
    }
}

struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Have lobbyd read its configuration again; wait for what becomes of it."
    )

    @OptionGroup var options: ControlOptions

    func run() throws {
        try self.options.ask(.reload, Self.lines)
    }

    static func lines(_ report: ReloadReport) -> String {
        let changes =
            report.changes.isEmpty ? ["applied; nothing has changed"] : ["applied"] + report.changes.map { "  \($0)" }
        let rest = report.needsRestart.isEmpty ? [] : ["needs a restart"] + report.needsRestart.map { "  \($0)" }
        return (changes + rest).map(\.withoutControls).joined(separator: "\n")
    }
}

struct DrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Have lobbyd take no more, send what is queued, and end, as systemctl stop does."
    )

    @OptionGroup var options: ControlOptions

    func run() throws {
        try self.options.ask(.drain) { (_: AnyResult) in "draining" }
    }
}
