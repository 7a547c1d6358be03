import ArgumentParser
import Control
import Program

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print the version of lobbyctl, and the version of lobbyd if it can be reached."
    )

    /// Shorter than for other commands, because lobbyd may hang.
    static let answerTimeout = Duration.seconds(5)

    @OptionGroup var options: ControlOptions

    func run() throws {
        let daemon = self.daemonVersion()
        if self.options.json {
            let versions: JSONValue = ["lobbyctl": .string(Version.text), "lobbyd": daemon.json]
            try StandardStream.output.print(versions.description)
        } else {
            let daemon = daemon?.withoutControls ?? "cannot be reached"
            try StandardStream.output.print("lobbyctl \(Version.text)\nlobbyd \(daemon)")
        }
    }

    private func daemonVersion() -> String? {
        guard var client = try? ControlClient(path: self.options.socket, answerTimeout: Self.answerTimeout) else {
            return nil
        }
        return (try? client.ask(.version, AnyResult.self))?.json["lobbyd"].flatMap(String.init)
    }
}
