import Testing

@testable import Logs

@Suite("LogFormat")
struct LogFormatTests {
    /// A service under systemd, unless said otherwise.
    private static func surroundings(
        stream: String? = "8:1234",
        standardError: String? = "8:1234",
        terminal: Bool = false,
        reachable: Bool = true
    ) -> LogSurroundings {
        LogSurroundings(
            journalStream: stream,
            standardError: standardError,
            standardErrorIsTerminal: terminal,
            journalIsReachable: reachable
        )
    }

    @Test(
        "auto is the journal only when standard error is the journal's stream",
        arguments: [
            ("8:1234", "8:1234", LogFormat.Concrete.journal),
            ("8:1234", "8:1235", .json),
            ("9:1234", "8:1234", .json),
            (nil, "8:1234", .json),
            ("8:1234", nil, .json),
            (nil, nil, .json),
            ("", "8:1234", .json),
            ("8", "8:1234", .json),
            ("8:", "8:1234", .json),
            (":1234", "8:1234", .json),
            ("8:1234\n", "8:1234", .json),
            (" 8:1234", "8:1234", .json),
            ("+8:1234", "8:1234", .json),
            ("8:12345678901234567890123", "8:1234", .json),
            ("garbage", "8:1234", .json),
        ] as [(String?, String?, LogFormat.Concrete)]
    )
    func autoFollowsJournalStream(stream: String?, standardError: String?, expected: LogFormat.Concrete) {
        #expect(
            LogFormat.auto.resolved(in: Self.surroundings(stream: stream, standardError: standardError)) == expected
        )
    }

    @Test("auto is text on a terminal, also with the journal stream of the service that the shell runs in")
    func autoOnTerminal() {
        let shell = Self.surroundings(standardError: "5:3", terminal: true)
        #expect(LogFormat.auto.resolved(in: shell) == .text)
    }

    @Test(
        "a format that is asked for is used wherever it is",
        arguments: [surroundings(), surroundings(stream: nil, terminal: true), surroundings(stream: nil)]
    )
    func explicit(surroundings: LogSurroundings) {
        #expect(LogFormat.text.resolved(in: surroundings) == .text)
        #expect(LogFormat.json.resolved(in: surroundings) == .json)
        #expect(LogFormat.journal.resolved(in: surroundings) == .journal)
    }

    @Test("with no journal to reach nothing is sent to it", arguments: [LogFormat.journal, .auto])
    func journalUnreachable(format: LogFormat) {
        #expect(format.resolved(in: Self.surroundings(reachable: false)) == .json)
        #expect(format.resolved(in: Self.surroundings(terminal: true, reachable: false)) == .text)
    }
}
