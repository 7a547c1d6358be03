import Engine
import Wire

/// Sends datagrams on connections: Panda3D's `ConnectionWriter`. Any thread but an event loop's.
///
/// `send` hands the datagram to the connection's event loop. The event loop gives the system all waiting datagrams of a
/// connection together. The datagrams of one thread arrive on a connection in the order in which the thread sent them. Each of
/// them arrives unless the connection ends.
///
/// | threads | `send` |
/// |---|---|
/// | 0 | hands the datagram over at once. If more than the manager's `pendingBytesMax` would be queued for the peer, it blocks the calling thread until the system has taken enough bytes or the connection has ended |
/// | more | takes a slot in the writer's queue until the system has taken the datagram. If the queue is full, or 64 MiB are queued for the peer, it returns false. With `block` it blocks instead |
///
/// A task should use a writer with threads. A blocked task would occupy one of the few threads that run all of Swift's
/// tasks.
///
/// In Panda3D each `send` blocks until the system has taken the datagram, so one stuck connection blocks the sending to
/// all connections (`connectionWriter.cxx`, `connection.cxx`).
public final class ConnectionWriter: Sendable {
    /// The bytes that may be queued for one peer by a writer with threads.
    static let queuedBytesMax = 64 * 1024 * 1024
    /// The length of the longest frame that can be sent: header and payload, in bytes.
    static let frameBytesMax = 1 << 30

    private let manager: QueuedConnectionManager
    private let threads: Int
    private let header = Locked(HeaderSettings())
    /// nil with 0 threads.
    private let queue: WriterQueue?

    /// - Parameters:
    ///   - manager: the manager of the connections to send on. The writer keeps it alive.
    ///   - threads: 0 makes a writer without a queue, and a higher number makes a writer with a queue. The manager's
    ///     event loops send in both cases.
    public init(_ manager: QueuedConnectionManager, threads: Int) {
        self.manager = manager
        self.threads = threads
        self.queue = threads > 0 ? WriterQueue(room: manager.core.room) : nil
    }

    /// Sends a datagram over TCP.
    ///
    /// - Parameters:
    ///   - datagram: the payload. `send` puts the header before it.
    ///   - connection: a connection of the manager.
    ///   - block: whether a writer with threads waits while the queue is full.
    /// - Returns: whether the datagram was taken. true does not promise its arrival: the peer may be gone already. The
    ///   result is false if the connection is closed, lost, UDP or another manager's, and if a queue is full. It is
    ///   also false if the datagram is too long for the header; the connection then stays open.
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
                    // The peer has gone. Because no reader takes the last bytes, the connection would stay open.
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

    /// Sends a datagram over UDP at once. `send` never waits, even if the writer has threads (`connectionWriter.cxx`).
    ///
    /// - Parameters:
    ///   - datagram: the payload. `send` puts the checksum before it, unless the connection is raw.
    ///   - connection: a connection of `openUDPConnection`.
    ///   - address: the address and port of the receiver.
    /// - Returns: whether the system has taken the datagram. true does not promise its arrival. The result is false for
    ///   a payload of more than 1,500 bytes, and on a connection that is closed, another manager's or not UDP.
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

    /// Whether the payload fits into a UDP datagram: 1,500 bytes at most, as in Panda3D (`connectionWriter.cxx`).
    public func isValidForUDP(_ datagram: Datagram) -> Bool { datagram.byteCount <= 1_500 }

    /// Sets the size of the header in bytes: 2, the default, 4, or 0 for no header. The peer's reader must use the same size.
    ///
    /// - Precondition: `size` is 0, 2 or 4.
    public func setTCPHeaderSize(_ size: Int) { self.header.withLock { $0.setSize(size) } }

    /// The size of the header, in bytes.
    public func getTCPHeaderSize() -> Int { self.header.withLock { $0.size } }

    /// Sets raw mode, in which payloads are sent without a header.
    public func setRawMode(_ isRaw: Bool) { self.header.withLock { $0.isRaw = isRaw } }

    /// Whether raw mode is on. Header size 0 does not count as raw mode.
    public func getRawMode() -> Bool { self.header.withLock { $0.isRaw } }

    /// Whether the writer was made with 0 threads.
    public func isImmediate() -> Bool { self.queue == nil }

    /// The number of threads that the initializer got; 0 for a negative number.
    public func getNumThreads() -> Int { max(0, self.threads) }

    /// The manager of the connections to send on.
    public func getManager() -> QueuedConnectionManager { self.manager }

    /// The number of datagrams that the queue may hold. Default: 10,000, Panda3D's `net-max-write-queue`. No effect with 0
    /// threads.
    public var maxQueueSize: Int {
        get { self.queue?.maxSize ?? WriterQueue.defaultMaxSize }
        set { self.queue?.maxSize = newValue }
    }

    /// The number of datagrams that the system has not taken yet; always 0 with 0 threads.
    public var currentQueueSize: Int { self.queue?.count ?? 0 }
}
