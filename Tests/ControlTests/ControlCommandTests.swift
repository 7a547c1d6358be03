import Testing

@testable import Control

@Suite("Control requests and answers")
struct ControlCommandTests {
    @Test(
        "a request reads back as the same command",
        arguments: [
            .version, .status, .stats, .reload, .drain, .show(id: 17), .kick(id: 1, reason: ""),
            .show(id: .max), .kick(id: .max, reason: "a \"b\"\n\u{1B}é"), .list(ConnectionFilter()),
            .list(ConnectionFilter(address: "::1/128", listener: "game")), .logLevel("debug", duration: nil),
            .logLevel("debug", duration: .seconds(600)),
        ] as [ControlCommand]
    )
    func requests(command: ControlCommand) throws {
        let line = command.request
        #expect(line.last == UInt8(ascii: "\n") && line.count { $0 == UInt8(ascii: "\n") } == 1)
        #expect(try ControlCommand(request: line.dropLast()) == command)
    }

    @Test(
        "an invalid request is an error with the matching code",
        arguments: [
            ("", .malformed), ("status", .malformed), ("[]", .malformed), ("{}", .unsupportedVersion),
            (#"{"version":2,"command":"status"}"#, .unsupportedVersion),
            (#"{"version":"1","command":"status"}"#, .unsupportedVersion),
            (#"{"version":1}"#, .malformed), (#"{"version":1,"command":7}"#, .malformed),
            (#"{"version":1,"command":"dance"}"#, .unknownCommand), (#"{"version":1,"command":""}"#, .unknownCommand),
            (#"{"version":1,"command":"status","id":1}"#, .badArgument),
            (#"{"version":1,"command":"show"}"#, .badArgument),
            (#"{"version":1,"command":"show","id":"1"}"#, .badArgument),
            (#"{"version":1,"command":"show","id":-1}"#, .badArgument),
            (#"{"version":1,"command":"show","id":1.5}"#, .badArgument),
            (#"{"version":1,"command":"show","id":18446744073709551616}"#, .badArgument),
            (#"{"version":1,"command":"kick","id":1,"reason":1}"#, .badArgument),
            (#"{"version":1,"command":"list","address":1}"#, .badArgument),
            (#"{"version":1,"command":"loglevel"}"#, .badArgument),
            (#"{"version":1,"command":"loglevel","level":"info","for_usec":0}"#, .badArgument),
            (#"{"version":1,"command":"loglevel","level":"info","for_usec":604800000001}"#, .badArgument),
        ] as [(String, ControlError.Code)]
    )
    func malformed(line: String, code: ControlError.Code) {
        #expect {
            try ControlCommand(request: Array(line.utf8))
        } throws: { ($0 as? ControlError)?.code == code }
    }

    @Test("the reason of a kick has a limit")
    func reason() throws {
        let longest = String(repeating: "r", count: ControlProtocol.reasonBytesMax)
        let kick = ControlCommand.kick(id: 1, reason: longest)
        #expect(try ControlCommand(request: kick.request.dropLast()) == kick)
        let longer = ControlCommand.kick(id: 1, reason: longest + "r")
        #expect(throws: ControlError.self) { try ControlCommand(request: longer.request.dropLast()) }
    }

    @Test(
        "an answer reads back unchanged",
        arguments: [
            .result(["a": 1], more: true), .result([:], more: false), .error(ControlError(.busy, "a sentence")),
            .error(ControlError(.rejected, "two problems", details: ["one", "two"])),
        ] as [ControlAnswer]
    )
    func answers(answer: ControlAnswer) {
        #expect(ControlAnswer(line: answer.line.dropLast()) == answer)
    }

    @Test(
        "an invalid answer is not accepted",
        arguments: [
            "", "hello", "{}", #"{"version":1}"#, #"{"version":1,"ok":true}"#, #"{"version":1,"ok":true,"result":{}}"#,
            #"{"version":2,"ok":true,"more":false,"result":{}}"#, #"{"version":1,"ok":false,"error":{"code":"new"}}"#,
        ]
    )
    func nonsense(line: String) {
        #expect(ControlAnswer(line: Array(line.utf8)) == nil)
    }
}
