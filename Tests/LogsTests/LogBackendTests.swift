import Glibc
import Logging
import Testing

@testable import Logs

/// Each test runs in its own process, because logging is set up once per process and standard error becomes a pipe.
@Suite("LogBackend")
struct LogBackendTests {
    @Test("loggers write to standard error at the shared level")
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

    @Test("a flush waits until all records are written, and times out if the reader has stopped")
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
            #expect(waiting > 0, "the flush returned before the record was in the pipe")

            for _ in 0..<2000 { logger.info("\(String(repeating: "x", count: 100))") }
            let start = ContinuousClock.now
            #expect(!backend.flush(within: .milliseconds(100)))
            #expect(.now - start < .seconds(5))
        }
    }

    @Test("the format auto writes JSON lines to a pipe")
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
        "a missing journal is reported, and records go to standard error",
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
