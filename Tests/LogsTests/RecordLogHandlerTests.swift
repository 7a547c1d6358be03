import Logging
import Testing

@testable import Logs

@Suite("RecordLogHandler")
struct RecordLogHandlerTests {
    private let sink = CapturingSink()
    private let level = SharedLogLevel(.info)

    private func logger(_ provider: Logger.MetadataProvider? = nil) -> Logger {
        Logger(label: "lobbyd") { _ in
            RecordLogHandler(
                label: "lobbyd",
                rendering: TextRendering(),
                sink: self.sink,
                level: self.level,
                metadataProvider: provider,
                now: { .sample }
            )
        }
    }

    private var lines: [String] {
        self.sink.texts.map { String($0.dropFirst("2026-01-31T14:05:09.000123+01:00 ".count)) }
    }

    @Test("an event's metadata overrides the provider's, and the provider's overrides the logger's")
    func metadata() {
        var logger = self.logger(.init { ["b": "provider", "c": "provider"] })
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "b"] = "logger"
        logger.notice("ready", metadata: ["c": "event"])
        #expect(self.lines == ["notice ready a=logger b=provider c=event\n"])
    }

    @Test("an error is logged with its message and type")
    func error() {
        struct Refused: Error {}
        self.logger().error("reload.rejected", error: Refused())
        #expect(self.lines.count == 1)
        #expect(self.lines.first?.hasPrefix(#"error reload.rejected error.message=Refused() error.type="#) == true)
    }

    @Test("a copy of a logger has its own metadata and level")
    func values() {
        var first = self.logger()
        first[metadataKey: "only-on"] = "first"
        var second = first
        second.logLevel = .error
        second[metadataKey: "only-on"] = "second"
        #expect(first.logLevel == .info)
        #expect(second.logLevel == .error)
        #expect(first[metadataKey: "only-on"] == "first")
        #expect(second[metadataKey: "only-on"] == "second")
    }

    @Test("a change of the shared level applies at once to each logger without its own level")
    func sharedLevel() {
        let follower = self.logger()
        var loner = self.logger()
        loner.logLevel = .warning

        follower.debug("before")
        self.level.level = .debug
        follower.debug("after")
        loner.debug("loner")
        #expect(self.lines == ["debug after\n"])
        #expect(loner.logLevel == .warning)
    }

    @Test("the shared level accepts each level", arguments: Logger.Level.allCases)
    func everyLevel(level: Logger.Level) {
        #expect(SharedLogLevel(level).level == level)
        self.level.level = level
        #expect(self.logger().logLevel == level)
    }
}
