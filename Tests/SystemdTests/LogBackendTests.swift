import Glibc
import Logging
import Testing

@testable import Systemd

/// Each in a process of its own: logging is set up once for a whole process, and standard error is led into a pipe.
@Suite("LogBackend")
struct LogBackendTests {
    @Test("loggers write to standard error at the level that is shared")
    func bootstrap() async {
        await #expect(processExitsWith: .success) {
            let pipe = LogPipe()
            dup2(pipe.writeEnd, STDERR_FILENO)
            let level = LogBackend.bootstrap(format: .text, level: .notice, identifier: "lobbyd")
            let logger = Logger(label: "lobbyd")
            logger.info("hidden")
            level.level = .info
            logger.info("shown", metadata: ["connection_id": "17"])
            let text = String(decoding: pipe.read(), as: UTF8.self)
            #expect(text.hasSuffix(" info shown connection_id=17\n"))
            #expect(!text.contains("hidden"))
        }
    }

    @Test("auto is JSON lines where standard error is a pipe")
    func auto() async {
        await #expect(processExitsWith: .success) {
            unsetenv("JOURNAL_STREAM")
            let pipe = LogPipe()
            dup2(pipe.writeEnd, STDERR_FILENO)
            _ = LogBackend.bootstrap(format: .auto, level: .info, identifier: "lobbyd")
            Logger(label: "lobbyd.listener").info("ready")
            let text = String(decoding: pipe.read(), as: UTF8.self)
            #expect(text.hasSuffix(#""level":"info","logger":"lobbyd.listener","message":"ready"}"# + "\n"))
        }
    }

    @Test(
        "a journal that was asked for and is not there is told, and nothing is lost",
        .enabled(if: !LogSurroundings.current().journalIsReachable)
    )
    func noJournal() async {
        await #expect(processExitsWith: .success) {
            let pipe = LogPipe()
            dup2(pipe.writeEnd, STDERR_FILENO)
            _ = LogBackend.bootstrap(format: .journal, level: .info, identifier: "lobbyd")
            #expect(String(decoding: pipe.read(), as: UTF8.self).contains(#""level":"warning""#))
            Logger(label: "lobbyd").info("ready")
            #expect(String(decoding: pipe.read(), as: UTF8.self).contains(#""message":"ready""#))
        }
    }
}
