import Glibc

/// Stands before a sink that may block, such as a pipe that nobody reads: who logs never waits for it.
///
/// A thread of its own writes; what it can't keep up with is dropped, counted and told in the log once there is room.
final class LogQueue: LogSink {
    /// What the thread may use; it does nothing deep.
    private static let stackBytes = 128 * 1024

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

    /// Waits until all that was logged before is written.
    ///
    /// - Returns: false when the sink did not take it within `limit`.
    func flush(within limit: Duration) -> Bool {
        self.backlog.wait(within: limit) { $0.isWritten }
    }

    /// Starts the thread, which never ends. It inherits the signals that the caller has blocked.
    func start() {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, Self.stackBytes)
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            &attributes,
            { queue in
                guard let queue else { preconditionFailure("a thread without its queue") }
                Unmanaged<LogQueue>.fromOpaque(queue).takeRetainedValue().writeForever()
            },
            Unmanaged.passRetained(self).toOpaque()
        )
        guard code == 0 else { fatalError("no thread for the log: \(String(cString: strerror(code)))") }
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
