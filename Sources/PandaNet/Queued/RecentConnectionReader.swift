/// Keeps only the latest datagram of all its connections: Panda3D's `RecentConnectionReader`. Any thread.
///
/// For peers that send their whole state again and again. A datagram that was not taken before the next one came is lost.
public final class RecentConnectionReader: DatagramReader {
    public let inlet: DatagramInlet

    /// - Parameter threads: 0 for a program that polls.
    public init(_ manager: QueuedConnectionManager, threads: Int = 0) {
        self.inlet = DatagramInlet(manager, threads: threads, overflow: .keepLatest)
    }

    deinit { self.inlet.close() }
}
