import ArgumentParser
import Control

struct KickCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "kick", abstract: "Close one connection.")

    @OptionGroup var options: ControlOptions

    @Argument(help: "Number of the connection, as in list and in the log.")
    var id: UInt64

    @Option(help: ArgumentHelp("Reason for the log. The client does not receive it.", valueName: "text"))
    var reason = ""

    func run() throws {
        try self.options.ask(.kick(id: self.id, reason: self.reason)) { (_: AnyResult) in "kicked \(self.id)" }
    }
}

struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Make lobbyd read its configuration again, and wait for the result."
    )

    @OptionGroup var options: ControlOptions

    func run() throws {
        try self.options.ask(.reload, Self.lines)
    }

    static func lines(_ report: ReloadReport) -> String {
        let changes =
            report.changes.isEmpty ? ["applied; no setting changed"] : ["applied"] + report.changes.map { "  \($0)" }
        let rest = report.needsRestart.isEmpty ? [] : ["needs a restart"] + report.needsRestart.map { "  \($0)" }
        return (changes + rest).map(\.withoutControls).joined(separator: "\n")
    }
}

struct DrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Make lobbyd accept no more clients, send queued data and exit, as systemctl stop does."
    )

    @OptionGroup var options: ControlOptions

    func run() throws {
        try self.options.ask(.drain) { (_: AnyResult) in "draining" }
    }
}
