import ArgumentParser
import Control

@main
struct LobbyctlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lobbyctl",
        abstract: "Asks a running lobbyd, tells it what to do, and measures it.",
        version: Version.text,
        subcommands: [BenchCommand.self, VersionCommand.self]
    )
}
