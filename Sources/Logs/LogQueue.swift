import Glibc
import Synchronization
import Systemd

/// Stands before a sink that may block, such as a pipe that nobody reads: who logs never waits for it.
///
/// A thread of its own writes. Records that it can't keep up with, or that the sink can't write, are dropped, counted, and told
/// in the log once there is room. Where the system has no thread for it, each record is written by the thread that logs it.
final class LogQueue: LogSink {
    private let backlog: Monitor<LogBacklog>
    private let sink: any LogSink
    private let report: @Sendable (LogDrops) -> RenderedRecord
    private let hasThread = Atomic(true)

    /// - Parameter report: what is logged about records that were dropped.
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

    /// Records that were dropped so far.
    var droppedCount: Int { self.backlog.wait { $0.droppedEver } }

    /// Waits until all that was logged before is written.
    ///
    /// - Returns: false when the sink did not take it within `limit`.
    func flush(within limit: Duration) -> Bool {
        self.backlog.wait(within: limit) { $0.isWritten }
    }

    /// Starts the thread, which never ends. It inherits the signals that the caller has blocked.
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
