/// Keeps only the latest datagram of all its connections together: Panda3D's `RecentConnectionReader`
/// (`recentConnectionReader.cxx`). Any thread.
///
/// It is for peers that send their whole state repeatedly. The next datagram replaces a datagram that the program has not taken.
public final class RecentConnectionReader: DatagramReader {
    /// The reader's connections and datagrams, for the methods of `DatagramReader`.
    public let queue: ReaderQueue

    /// - Parameters:
    ///   - manager: the manager of the connections. The reader keeps it alive.
    ///   - threads: with 0 the program polls the reader, and `waitForReaders` waits for it.
    public init(_ manager: QueuedConnectionManager, threads: Int = 0) {
        self.queue = ReaderQueue(manager, threads: threads, overflow: .keepLatest)
    }

    deinit { self.queue.close() }
}
