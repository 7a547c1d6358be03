import Glibc
import Logging
import Systemd
import Testing

@testable import Logs

/// A sink that blocks each write until it is opened.
private final class GateSink: LogSink {
    let captured = CapturingSink()
    let isEntered = Monitor(false)
    private let isOpen = Monitor(false)

    func write(_ record: RenderedRecord) -> Bool {
        self.isEntered.change { $0 = true }
        self.isOpen.wait { $0 ? () : nil }
        return self.captured.write(record)
    }

    func open() { self.isOpen.change { $0 = true } }
}

/// A sink whose writes fail until it is repaired.
private final class FailingSink: LogSink {
    let captured = CapturingSink()
    let attempts = Monitor(0)
    private let isBroken = Monitor(true)

    func write(_ record: RenderedRecord) -> Bool {
        self.attempts.change { $0 += 1 }
        return !self.isBroken.change { $0 } && self.captured.write(record)
    }

    func repair() { self.isBroken.change { $0 = false } }
}

@Suite("LogQueue")
struct LogQueueTests {
    private let sink = GateSink()

    private func queue(bytesMax: Int = LogBacklog.bytesMaxDefault) -> LogQueue {
        let queue = LogQueue(before: self.sink, backlog: LogBacklog(bytesMax: bytesMax)) { drops in
            TextRendering().render(drops.record(logger: "lobbyd", at: .sample))
        }
        queue.start()
        return queue
    }

    private static func record(_ text: String, _ level: Logger.Level = .debug) -> RenderedRecord {
        var record = RenderedRecord(level: level)
        record.append(part: text.utf8)
        return record
    }

    @Test("records are written in the order of logging, and a flush waits for them")
    func order() {
        let queue = self.queue()
        self.sink.open()
        let texts = (0..<1000).map(String.init)
        for text in texts { queue.write(Self.record(text)) }
        #expect(queue.flush(within: .seconds(10)))
        #expect(self.sink.captured.texts == texts)
    }

    @Test("logging never waits for a blocked sink, and dropped records are reported when there is room")
    func blocked() {
        let room = 3
        let queue = self.queue(bytesMax: 2 * room * (LogBacklog.recordOverhead + 1))
        queue.write(Self.record("0"))
        self.sink.isEntered.wait { $0 ? () : nil }
        for number in 1...5 { queue.write(Self.record("\(number)")) }
        queue.write(Self.record("!", .warning))
        #expect(!queue.flush(within: .milliseconds(10)))

        self.sink.open()
        #expect(queue.flush(within: .seconds(10)))
        let texts = self.sink.captured.texts
        #expect(texts.dropLast() == ["0", "1", "2", "!"])
        #expect(texts.last?.hasSuffix("warning log.dropped dropped=3 dropped_debug=3\n") == true)
        #expect(queue.droppedCount == 3)
    }

    @Test(
        "records that the sink fails to write are counted, block no caller, and are reported after the next written line"
    )
    func failing() {
        let sink = FailingSink()
        let queue = LogQueue(before: sink) { TextRendering().render($0.record(logger: "lobbyd", at: .sample)) }
        queue.start()
        for text in ["lost", "too"] {
            queue.write(Self.record(text, .info))
            #expect(queue.flush(within: .seconds(10)))
        }
        #expect(queue.droppedCount == 2)
        // The report of the first loss failed together with the second record. It is not counted.
        #expect(sink.attempts.change { $0 } == 3)

        sink.repair()
        queue.write(Self.record("through", .info))
        #expect(queue.flush(within: .seconds(10)))
        #expect(sink.captured.texts.first == "through")
        #expect(sink.captured.texts.last?.hasSuffix("warning log.dropped dropped=2 dropped_info=2\n") == true)
        #expect(sink.captured.texts.count == 2)
        #expect(queue.droppedCount == 2)
    }

    @Test("without a thread, each record is written at once")
    func noThread() {
        let sink = CapturingSink()
        let queue = LogQueue(before: sink) { TextRendering().render($0.record(logger: "lobbyd", at: .sample)) }
        queue.start { _ in EAGAIN }
        queue.write(Self.record("0"))
        #expect(sink.texts == ["0"])
        queue.write(Self.record("1"))
        #expect(sink.texts == ["0", "1"])
        #expect(queue.flush(within: .zero))
    }

    @Test("a flush of an empty queue returns at once")
    func empty() {
        #expect(self.queue().flush(within: .zero))
    }
}
