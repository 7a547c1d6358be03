/// Stands before a sink that may block, such as a pipe that nobody reads: who logs never waits for it.
///
/// A thread of its own writes; what it can't keep up with is dropped, counted and told in the log once there is room.
final class LogQueue: LogSink {
    private let backlog: Monitor<LogBacklog>
    private let sink: any LogSink
    private let report: @Sendable (LogDrops) -> RenderedRecord

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

    func write(_ record: RenderedRecord) {
        self.backlog.change { $0.add(record) }
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
    func start() {
        SmallThread.start(for: "the log") { self.writeForever() }
    }

    private func writeForever() -> Never {
        while true {
            self.write(self.backlog.wait { $0.take() })
            self.backlog.change { $0.written() }
        }
    }

    private func write(_ batch: LogBacklog.Batch) {
        for record in batch.records { self.sink.write(record) }
        if !batch.dropped.isEmpty { self.sink.write(self.report(batch.dropped)) }
    }
}
