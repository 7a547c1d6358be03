import Engine
import Wire

/// Sends datagrams on connections: Panda3D's `ConnectionWriter`. Any thread but an event loop's.
///
/// A datagram is handed to the connection's event loop, which gives it to the system with all the others of that moment. What
/// one thread sends on one connection arrives in that order, and nothing is lost while the connection lives.
///
/// | threads | `send` |
/// |---|---|
/// | 0 | hands over at once. While more than the manager's `pendingBytesMax` would wait for the peer, it blocks the calling thread until the system has taken enough or the connection ends |
/// | more | takes a place in the writer's queue, until the system has taken the datagram. While the queue is full, or 64 MiB wait for the peer, it returns false, or blocks when `block` is true |
///
/// Tasks should use a writer with threads: to block takes a thread away from Swift's concurrency.
///
/// Panda3D blocks until the system has taken each datagram, for all connections when one of them is stuck
/// (`connectionWriter.cxx`, `connection.cxx`).
public final class ConnectionWriter: Sendable {
    /// Bytes that may wait for one peer of a writer with threads.
    static let queuedBytesMax = 64 * 1024 * 1024
    /// Bytes of the longest datagram with its header that can be sent.
    static let frameBytesMax = 1 << 30

    private let manager: QueuedConnectionManager
    private let threads: Int
    private let header = Locked(HeaderSettings())
    /// nil with 0 threads.
    private let queue: WriterQueue?

    /// - Parameters:
    ///   - manager: whose connections it sends on; the writer holds it.
    ///   - threads: 0 sends at once; more, and it has a queue. The manager's event loops send, whatever the number.
    public init(_ manager: QueuedConnectionManager, threads: Int) {
        self.manager = manager
        self.threads = threads
        self.queue = threads > 0 ? WriterQueue(room: manager.core.room) : nil
    }

    /// Sends a datagram. The peer may be gone without this end knowing yet, so that true does not promise its arrival.
    ///
    /// - Parameters:
    ///   - datagram: the payload; the header is put before it.
    ///   - connection: one of the manager's.
    ///   - block: with threads, whether to wait while the queue is full.
    /// - Returns: false, with nothing sent, on a connection that is closed, lost or another manager's; for a datagram that is too
    ///   long for the header, which leaves the connection open; and when a queue is full.
    @discardableResult
    public func send(_ datagram: Datagram, to connection: Connection, block: Bool = false) -> Bool {
        guard let link = connection.link, link.core === self.manager.core, connection.udpSocket == nil else {
            return false
        }
        let framing = self.header.withLock { $0.framing }
        let byteCount = datagram.byteCount + (framing?.size ?? 0)
        guard datagram.byteCount <= framing?.payloadBytesMax ?? .max, byteCount <= Self.frameBytesMax else {
            return false
        }
        let bytesMax = self.queue == nil ? link.core.pendingBytesMax : Self.queuedBytesMax
        while true {
            switch self.hand(datagram, framing, bytesMax, to: connection, link) {
            case .taken: return true
            case .closed:
                if link.reader == nil, link.reportReset(connection) {
                    // The peer has gone; its last bytes would wait for a reader.
                    connection.onEventLoop { connection.close(.peerReset) }
                }
                return false
            case .full:
                guard self.queue == nil || block else { return false }
                _ = link.core.room.wait(timeout: nil) {
                    link.isOpen
                        && (self.queue?.lacksRoom() == true || link.lacksRoom(for: byteCount, bytesMax: bytesMax))
                }
            }
        }
    }

    /// Sends a datagram over UDP, at once and without waiting, whatever the number of threads (`connectionWriter.cxx`).
    ///
    /// - Parameter connection: one of `openUDPConnection`.
    /// - Returns: whether the system has taken it; UDP promises no more. false, with nothing sent, for a payload of more than
    ///   1,500 bytes, and on a connection that is closed, another manager's or not of UDP.
    @discardableResult
    public func send(_ datagram: Datagram, to connection: Connection, address: NetAddress) -> Bool {
        guard let link = connection.link, link.core === self.manager.core, link.isOpen else { return false }
        return connection.udpSocket?.send(datagram, to: address) ?? false
    }

    private func hand(
        _ datagram: Datagram,
        _ framing: Framing?,
        _ bytesMax: Int,
        to connection: Connection,
        _ link: ConnectionLink
    ) -> ConnectionLink.Handover {
        guard let queue else {
            return link.hand(datagram, framing: framing, bytesMax: bytesMax, ticket: nil, on: connection)
        }
        guard queue.reserve() else { return link.isOpen ? .full : .closed }
        let result = link.hand(datagram, framing: framing, bytesMax: bytesMax, ticket: queue, on: connection)
        if result != .taken { queue.release() }
        return result
    }

    /// Whether the payload fits a UDP packet: 1,500 bytes at most, as Panda3D's receive buffer has (`connectionWriter.cxx`).
    public func isValidForUDP(_ datagram: Datagram) -> Bool { datagram.byteCount <= 1_500 }

    /// Sets the bytes of the header: 2, the default, 4, or 0 for none. The reader at the other end must have been told the same.
    ///
    /// - Precondition: `size` is 0, 2 or 4.
    public func setTCPHeaderSize(_ size: Int) { self.header.withLock { $0.setSize(size) } }

    /// In bytes.
    public func getTCPHeaderSize() -> Int { self.header.withLock { $0.size } }

    /// Sends payloads without any header.
    public func setRawMode(_ isRaw: Bool) { self.header.withLock { $0.isRaw = isRaw } }

    /// Whether payloads are sent without any header by raw mode; header size 0 does not count.
    public func getRawMode() -> Bool { self.header.withLock { $0.isRaw } }

    /// Whether the writer was made with 0 threads.
    public func isImmediate() -> Bool { self.queue == nil }

    /// The number that the writer was made with; 0 for a negative one.
    public func getNumThreads() -> Int { max(0, self.threads) }

    /// Whose connections it sends on.
    public func getManager() -> QueuedConnectionManager { self.manager }

    /// Datagrams that may be on their way; Panda3D's `net-max-write-queue`, 10,000. Without meaning for 0 threads.
    public var maxQueueSize: Int {
        get { self.queue?.maxSize ?? WriterQueue.defaultMaxSize }
        set { self.queue?.maxSize = newValue }
    }

    /// Datagrams that the system has not taken; always 0 with 0 threads.
    public var currentQueueSize: Int { self.queue?.count ?? 0 }
}
