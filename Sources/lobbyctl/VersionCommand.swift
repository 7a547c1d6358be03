import ArgumentParser
import Control

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print the version of lobbyctl."
    )

    func run() {
        print(Version.text)
    }
}
