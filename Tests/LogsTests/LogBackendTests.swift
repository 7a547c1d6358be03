import Glibc
import Logging
import Testing

@testable import Logs

/// Each in a process of its own: logging is set up once for a whole process, and standard error is led into a pipe.
@Suite("LogBackend")
struct LogBackendTests {
    @Test("loggers write to standard error at the level that is shared")
    func bootstrap() async {
        await #expect(processExitsWith: .success) {
            let pipe = LogPipe()
            dup2(pipe.writeEnd, STDERR_FILENO)
            let backend = LogBackend.bootstrap(format: .text, level: .notice, identifier: "lobbyd")
            let logger = Logger(label: "lobbyd")
            logger.info("hidden")
            backend.level.level = .info
            logger.info("shown", metadata: ["connection_id": "17"])
            let text = String(decoding: pipe.read(), as: UTF8.self)
            #expect(text.hasSuffix(" info shown connection_id=17\n"))
            #expect(!text.contains("hidden"))
        }
    }

    @Test("a flush is over once all is written, and gives up on a reader that has stopped")
    func flush() async {
        await #expect(processExitsWith: .success) {
            let pipe = LogPipe()
            dup2(pipe.writeEnd, STDERR_FILENO)
            let backend = LogBackend.bootstrap(format: .text, level: .info, identifier: "lobbyd")
            let logger = Logger(label: "lobbyd")
            logger.info("last words")
            #expect(backend.flush())
            var waiting: CInt = 0
            _ = ioctl(pipe.readEnd, UInt(FIONREAD), &waiting)
            #expect(waiting > 0, "flushed, and not in the pipe")

            for _ in 0..<2000 { logger.info("\(String(repeating: "x", count: 100))") }
            let start = ContinuousClock.now
            #expect(!backend.flush(within: .milliseconds(100)))
            #expect(.now - start < .seconds(5))
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
