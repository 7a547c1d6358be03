import Glibc
import Synchronization
import Systemd

/// A queue before a sink that may block, such as a pipe without a reader. The logging threads never wait for the sink.
///
/// A separate thread writes the records. Records are dropped when the queue is full or the sink fails; the queue counts
/// them and reports them once it has space again. If the system is out of threads, the logging thread writes each
/// record itself.
final class LogQueue: LogSink {
    private let backlog: Monitor<LogBacklog>
    private let sink: any LogSink
    private let report: @Sendable (LogDrops) -> RenderedRecord
    private let hasThread = Atomic(true)

    /// Makes a queue; `start` starts its thread.
    ///
    /// - Parameter report: makes the record about dropped records.
    init(
        before sink: any LogSink,
        backlog: LogBacklog = LogBacklog(),
        report: @escaping @Sendable (LogDrops) -> RenderedRecord
    ) {
        self.sink = sink
        self.backlog = Monitor(backlog)
        self.report = report
    }

    @discardableResult
    func write(_ record: RenderedRecord) -> Bool {
        self.backlog.change { $0.add(record) }
        if !self.hasThread.load(ordering: .relaxed) { self.writeAll() }
        return true
    }

    /// The number of dropped records so far.
    var droppedCount: Int { self.backlog.wait { $0.droppedEver } }

    /// Waits until all earlier records are written.
    ///
    /// - Returns: false when the sink did not take them within `limit`.
    func flush(within limit: Duration) -> Bool {
        self.backlog.wait(within: limit) { $0.isWritten }
    }

    /// Starts the thread, which never ends. It inherits the caller's blocked signals.
    func start(thread: (@escaping @Sendable () -> Never) -> CInt = SmallThread.start) {
        let code = thread { self.writeForever() }
        self.hasThread.store(code == 0, ordering: .relaxed)
    }

    private func writeForever() -> Never {
        while true { self.write(self.backlog.wait { $0.take() }) }
    }

    private func writeAll() {
        while let batch = self.backlog.change({ $0.take() }) { self.write(batch) }
    }

    private func write(_ batch: LogBacklog.Batch) {
        var (lost, untold) = (LogDrops(), LogDrops())
        for record in batch.records where !self.sink.write(record) { lost.count(record.level) }
        if !batch.dropped.isEmpty, !self.sink.write(self.report(batch.dropped)) { untold = batch.dropped }
        self.backlog.change { [lost, untold] in $0.written(lost: lost, untold: untold) }
    }
}
