/// Queues the datagrams of many connections until the program takes them: Panda3D's `QueuedConnectionReader`. Any thread.
///
/// | threads | when the queue is full |
/// |---|---|
/// | 0 | its connections are not read from until half of it was taken: what comes waits with the system, as when a Panda3D program polls late. Nothing is dropped. The last read may pass the bound, by 64 KiB |
/// | more | the newest datagrams are dropped and `overflowFlag` is set, as Panda3D's threads do (`queuedConnectionReader.cxx`) |
///
/// Besides `maxQueueSize` datagrams, 64 MiB of payload are a full queue for both; for those bytes nothing is ever dropped.
public final class QueuedConnectionReader: DatagramReader {
    /// Its connections and datagrams; for the methods of `DatagramReader`.
    public let queue: ReaderQueue

    /// - Parameters:
    ///   - manager: whose connections it reads; the reader holds it.
    ///   - threads: 0 is polled, and never drops a datagram; more is as the table says.
    public init(_ manager: QueuedConnectionManager, threads: Int) {
        self.queue = ReaderQueue(manager, threads: threads, overflow: threads > 0 ? .dropNewest : .takeAnyway)
    }

    deinit { self.queue.close() }

    /// Datagrams that may wait; Panda3D's `net-max-response-queue`, 50,000.
    public var maxQueueSize: Int {
        get { self.queue.results.withQueue { $0.maxSize } }
        set {
            self.queue.results.withQueue { $0.maxSize = newValue }
            self.queue.resumeReading()
        }
    }

    /// Datagrams that wait.
    public var currentQueueSize: Int { self.queue.results.withQueue { $0.count } }

    /// Whether a datagram was dropped since `resetOverflowFlag`.
    public var overflowFlag: Bool { self.queue.results.withQueue { $0.overflowFlag } }

    /// Clears `overflowFlag`.
    public func resetOverflowFlag() { self.queue.results.withQueue { $0.overflowFlag = false } }
}
