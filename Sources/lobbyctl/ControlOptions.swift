import ArgumentParser
import Control
import Glibc

/// What every command that asks a lobbyd takes, and how it does so.
struct ControlOptions: ParsableArguments {
    /// What failed, as the process's exit status; the numbers are those of `sysexits.h`.
    enum Exit {
        static let refused = ExitCode(1)
        static let unreachable = ExitCode(71)
    }

    @Option(
        help: ArgumentHelp("The control socket of the lobbyd to ask.", valueName: "path"),
        completion: .file()
    )
    var socket = ControlProtocol.defaultSocketPath

    @Flag(help: "Print JSON.")
    var json = false

    /// Connects, and runs `body` with the connection. Whatever goes wrong is printed, and ends the process.
    func asking<Result>(_ body: (inout ControlClient) throws -> Result) throws -> Result {
        do {
            var client = try ControlClient(path: self.socket)
            return try body(&client)
        } catch let error as ControlError {
            throw self.failure(error.json, error.description, Exit.refused)
        } catch let error as ControlClient.Unreachable {
            let json: JSONValue = ["code": "unreachable", "message": .string(error.description)]
            throw self.failure(json, error.description, Exit.unreachable)
        }
    }

    /// Asks for one thing, and prints what comes back: the JSON as it is, or what `text` makes of it.
    func ask<Result: JSONConvertible>(_ command: ControlCommand, _ text: (Result) -> String) throws {
        let result = try self.asking { client in try client.ask(command, Result.self) }
        print(self.json ? result.json.description : text(result))
    }

    /// Says what went wrong.
    private func failure(_ error: JSONValue, _ message: String, _ exit: ExitCode) -> ExitCode {
        if self.json { print(["error": error] as JSONValue) }
        for line in message.split(separator: "\n") {
            Terminal.write("lobbyctl: \(String(line).withoutControls)\n", to: STDERR_FILENO)
        }
        return exit
    }
}

/// A result that is any JSON object.
struct AnyResult: JSONConvertible {
    let json: JSONValue

    init?(json: JSONValue) {
        guard case .object = json else { return nil }
        self.json = json
    }
}
