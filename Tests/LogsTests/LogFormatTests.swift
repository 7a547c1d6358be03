import Testing

@testable import Logs

@Suite("LogFormat")
struct LogFormatTests {
    /// The surroundings of a systemd service by default.
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
        "auto selects the journal only if standard error is the journal's stream",
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

    @Test("auto selects text on a terminal, even with a journal stream in the environment")
    func autoOnTerminal() {
        let shell = Self.surroundings(standardError: "5:3", terminal: true)
        #expect(LogFormat.auto.resolved(in: shell) == .text)
    }

    @Test(
        "an explicit format is always used",
        arguments: [surroundings(), surroundings(stream: nil, terminal: true), surroundings(stream: nil)]
    )
    func explicit(surroundings: LogSurroundings) {
        #expect(LogFormat.text.resolved(in: surroundings) == .text)
        #expect(LogFormat.json.resolved(in: surroundings) == .json)
        #expect(LogFormat.journal.resolved(in: surroundings) == .journal)
    }

    @Test("without a reachable journal, another format is used", arguments: [LogFormat.journal, .auto])
    func journalUnreachable(format: LogFormat) {
        #expect(format.resolved(in: Self.surroundings(reachable: false)) == .json)
        #expect(format.resolved(in: Self.surroundings(terminal: true, reachable: false)) == .text)
    }
}
