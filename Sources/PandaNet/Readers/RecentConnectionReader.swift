/// Keeps only the latest datagram of all its connections: Panda3D's `RecentConnectionReader`
/// (`recentConnectionReader.cxx`). Any thread.
///
/// For peers that send their whole state again and again. A datagram that was not taken before the next one came is lost.
public final class RecentConnectionReader: DatagramReader {
    /// Its connections and datagrams; for the methods of `DatagramReader`.
    public let queue: ReaderQueue

    /// - Parameters:
    ///   - manager: whose connections it reads; the reader holds it.
    ///   - threads: 0 is polled, and `waitForReaders` waits for it.
    public init(_ manager: QueuedConnectionManager, threads: Int = 0) {
        self.queue = ReaderQueue(manager, threads: threads, overflow: .keepLatest)
    }

    deinit { self.queue.close() }
}
