/// Queues the datagrams of many connections until the program takes them: Panda3D's `QueuedConnectionReader`. Any thread.
///
/// | threads | when the queue is full |
/// |---|---|
/// | 0 | the reader stops reading its connections until the program has taken half of the queue. Meanwhile the system holds the incoming bytes, as when a Panda3D program polls late. No datagram is dropped. The last read may complete several datagrams, which may together pass the bound |
/// | more | the reader drops the newest datagrams and sets `overflowFlag`, as Panda3D's threads do (`queuedConnectionReader.cxx`) |
///
/// The queue is full at `maxQueueSize` datagrams or at 64 MiB of payload. At 64 MiB both kinds of reader stop reading, and drop no
/// datagram.
public final class QueuedConnectionReader: DatagramReader {
    /// The reader's connections and datagrams, for the methods of `DatagramReader`.
    public let queue: ReaderQueue

    /// - Parameters:
    ///   - manager: the manager of the connections. The reader keeps it alive.
    ///   - threads: with 0 the program polls the reader, and the reader never drops a datagram. With more it may drop datagrams,
    ///     see the table.
    public init(_ manager: QueuedConnectionManager, threads: Int) {
        self.queue = ReaderQueue(manager, threads: threads, overflow: threads > 0 ? .dropNewest : .takeAnyway)
    }

    deinit { self.queue.close() }

    /// The number of datagrams that the queue may hold. Default: 50,000, Panda3D's `net-max-response-queue`.
    public var maxQueueSize: Int {
        get { self.queue.results.withQueue { $0.maxSize } }
        set {
            self.queue.results.withQueue { $0.maxSize = newValue }
            self.queue.resumeReading()
        }
    }

    /// The number of datagrams in the queue.
    public var currentQueueSize: Int { self.queue.results.withQueue { $0.count } }

    /// Whether a datagram was dropped because the queue was full. `resetOverflowFlag` clears it.
    public var overflowFlag: Bool { self.queue.results.withQueue { $0.overflowFlag } }

    /// Clears `overflowFlag`.
    public func resetOverflowFlag() { self.queue.results.withQueue { $0.overflowFlag = false } }
}
