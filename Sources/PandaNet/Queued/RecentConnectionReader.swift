/// Keeps only the latest datagram of all its connections: Panda3D's `RecentConnectionReader`
/// (`recentConnectionReader.cxx`). Any thread.
///
/// For peers that send their whole state again and again. A datagram that was not taken before the next one came is lost.
public final class RecentConnectionReader: DatagramReader {
    /// What it reads into; for the methods of `DatagramReader`.
    public let inlet: DatagramInlet

    /// - Parameters:
    ///   - manager: whose connections it reads; the reader holds it.
    ///   - threads: 0 is polled, and `waitForReaders` waits for it.
    public init(_ manager: QueuedConnectionManager, threads: Int = 0) {
        self.inlet = DatagramInlet(manager, threads: threads, overflow: .keepLatest)
    }

    deinit { self.inlet.close() }
}
