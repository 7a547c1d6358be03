import ArgumentParser
import Control
import Program

/// The options of every command that asks lobbyd, and the functions that ask.
struct ControlOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Control socket of the running lobbyd.", valueName: "path"),
        completion: .file()
    )
    var socket = ControlProtocol.defaultSocketPath

    @Flag(help: "Print JSON instead of text.")
    var json = false

    /// Connects and runs `body` with the client. Prints any error and ends the process.
    ///
    /// - Parameter wait: called whenever the client waits for lobbyd.
    func asking<Result>(
        waitingBy wait: @escaping SocketStream.Wait = SocketStream.pollAlone,
        _ body: (inout ControlClient) throws -> Result
    ) throws -> Result {
        do {
            var client = try ControlClient(path: self.socket, waitingBy: wait)
            return try body(&client)
        } catch let error as ControlError {
            throw try self.failure(error.json, error.description, LobbyctlExit.failure.code)
        } catch let error as ControlClient.Unreachable {
            let json: JSONValue = ["code": "unreachable", "message": .string(error.description)]
            throw try self.failure(json, error.description, LobbyctlExit.unreachable.code)
        }
    }

    /// Sends one command and prints its result: the JSON unchanged, or the text that `text` makes of it.
    func ask<Result: JSONConvertible>(_ command: ControlCommand, _ text: (Result) -> String) throws {
        let result = try self.asking { client in try client.ask(command, Result.self) }
        try StandardStream.output.print(self.json ? result.json.description : text(result))
    }

    /// Prints the error. If standard error cannot take it, the exit status still tells of the failure.
    private func failure(_ error: JSONValue, _ message: String, _ exit: ExitCode) throws -> ExitCode {
        for line in message.split(separator: "\n") {
            try? StandardStream.error.print("lobbyctl: \(String(line).withoutControls)")
        }
        if self.json { try StandardStream.output.print((["error": error] as JSONValue).description) }
        return exit
    }
}

/// A result that may be any JSON object.
struct AnyResult: JSONConvertible {
    let json: JSONValue

    init?(json: JSONValue) {
        guard case .object = json else { return nil }
        self.json = json
    }
}
