import ArgumentParser
import Control
import Program

@main
struct LobbyctlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lobbyctl",
        abstract: "Query, control and measure a running lobbyd.",
        discussion: """
            Exit status: 0 on success. 1 when lobbyd refuses the command or fails to carry it out, or when the output \
            cannot be written. 64 for a wrong command line. 71 when no lobbyd can be reached.
            """,
        version: Version.text,
        subcommands: [
            StatusCommand.self,
            StatsCommand.self,
            ListCommand.self,
            ShowCommand.self,
            TopCommand.self,
            KickCommand.self,
            ReloadCommand.self,
            DrainCommand.self,
            LogLevelCommand.self,
            BenchCommand.self,
            VersionCommand.self,
        ]
    )

    // These options may stand before or after the subcommand.
    @OptionGroup var options: ControlOptions

    static func main() {
        StandardStream.occupyClosed(.failing)
        Self.runProgram()
    }
}
