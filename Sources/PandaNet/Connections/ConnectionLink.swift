import Engine
import Wire

/// The part of a connection that all threads share: its reader, the counts of its sent bytes, and whether it is open.
/// Any thread.
// @unchecked: only the connection's event loop uses `receiver`; `state` has a lock; the rest is constant.
final class ConnectionLink: @unchecked Sendable {
    /// The result of an attempt to send a datagram.
    enum Handover: Equatable {
        case taken
        case full
        case closed
    }

    let core: QueuedCore
    /// The socket of a connection of `openUDPConnection`; nil over TCP.
    let udpSocket: UDPSocket?
    /// Receives the bytes of a TCP connection; nil over UDP.
    let receiver: StreamReceiver?
    private let state = Locked(LinkState())

    /// - Parameter udpSocket: nil for TCP.
    init(core: QueuedCore, udpSocket: UDPSocket? = nil) {
        self.core = core
        self.udpSocket = udpSocket
        self.receiver = udpSocket == nil ? StreamReceiver(datagramBytesMax: core.datagramBytesMax) : nil
    }

    /// Whether the connection takes datagrams: this program has not closed it, and it has not ended.
    var isOpen: Bool { self.state.withLock { $0.isOpen } }

    private func made(room: LinkState.Room) {
        for ticket in room.tickets { ticket.release() }
        if room.isAwaited { self.core.room.notify() }
    }
}

extension Connection {
    /// The link of a connection that a `QueuedConnectionManager` has made; nil for every other connection.
    var link: ConnectionLink? { self.attachment as? ConnectionLink }

    /// The UDP socket of a connection that `openUDPConnection` has opened; nil for every other connection. Any thread.
    public var udpSocket: UDPSocket? { self.link?.udpSocket }
}

// MARK: - Sending

extension ConnectionLink {
    /// Frames a datagram and hands it to the connection's event loop, or keeps it for `flush` while collecting.
    ///
    /// - Parameters:
    ///   - framing: nil sends the payload without a header.
    ///   - bytesMax: the bytes that may be queued for the peer. A longer datagram is taken while no bytes are queued.
    ///   - ticket: is released when the kernel has taken the datagram, or when the connection has ended.
    func hand(
        _ datagram: Datagram,
        framing: Framing?,
        bytesMax: Int,
        ticket: WriterQueue?,
        on connection: Connection
    ) -> Handover {
        self.state.withLock { state in
            guard state.isOpen else { return .closed }
            let byteCount = (framing?.size ?? 0) + datagram.byteCount
            guard state.hasRoom(for: byteCount, bytesMax: bytesMax) else {
                state.isAwaited = true
                // Otherwise the collected datagrams would never leave, and there would never be room.
                Self.post(state.takeCollected(at: .now()), on: connection)
                return .full
            }
            state.handed(byteCount, ticket: ticket)
            state.collect(datagram, framing: framing)
            if state.isCollectionDue(at: .now()) { Self.post(state.takeCollected(at: .now()), on: connection) }
            return .taken
        }
    }

    /// Whether a sender has to wait. If so, `core.room` wakes the sender later.
    func lacksRoom(for byteCount: Int, bytesMax: Int) -> Bool {
        self.state.withLock { state in
            guard state.isOpen, !state.hasRoom(for: byteCount, bytesMax: bytesMax) else { return false }
            state.isAwaited = true
            return true
        }
    }

    /// Hands the collected datagrams to the connection's event loop.
    ///
    /// - Parameter ifDue: true hands them over only if they are due: see `LinkState.isCollectionDue`.
    /// - Returns: false on a closed connection.
    func flush(ifDue: Bool, on connection: Connection) -> Bool {
        self.state.withLock { state in
            guard state.isOpen else { return false }
            if !ifDue || state.isCollectionDue(at: .now()) {
                Self.post(state.takeCollected(at: .now()), on: connection)
            }
            return true
        }
    }

    func withCollecting<Result>(_ body: (inout LinkState.Collecting) -> Result) -> Result {
        self.state.withLock { body(&$0.collecting) }
    }

    /// Posts collected datagrams to the event loop. The caller holds the lock, so that the connection gets the datagrams in the order
    /// in which the senders took the lock.
    private static func post(_ collected: LinkState.Collected, on connection: Connection) {
        guard collected.datagramCount > 0 else { return }
        connection.post(collected.bytes, datagramCount: collected.datagramCount)
    }
}

extension ConnectionLink: ConnectionAttachment {
    func flushed(_ byteCount: Int, pendingBytes: Int) {
        self.made(room: self.state.withLock { $0.flushed(byteCount, pendingBytes: pendingBytes) })
    }

    func outputEnded() {
        self.made(room: self.state.withLock { $0.ended() })
    }
}

// MARK: - Reading and the end

extension ConnectionLink {
    var reader: ReaderQueue? { self.state.withLock { $0.reader } }

    /// Gives the connection to a reader.
    ///
    /// - Returns: false if the connection has a reader already or was closed.
    func attach(_ reader: ReaderQueue) -> Bool {
        self.state.withLock { state in
            guard state.reader == nil, !state.isClosed, !state.isResetReported else { return false }
            state.reader = reader
            return true
        }
    }

    func detach(_ reader: ReaderQueue) {
        self.state.withLock { if $0.reader === reader { $0.reader = nil } }
    }

    /// Begins to read the connection for its attached reader. On the connection's event loop.
    func startReading(_ reader: ReaderQueue, framing: Framing?, of connection: Connection) {
        self.receiver?.attach(reader, framing: framing, to: connection)
        self.udpSocket?.resumeReading()
    }

    /// Reads again, because the reader has room. On the connection's event loop.
    func resumeReading(of connection: Connection) {
        self.receiver?.resume(connection)
        self.udpSocket?.resumeReading()
    }

    /// Records the end of the connection. On its event loop.
    func ended(_ connection: Connection) {
        self.made(room: self.state.withLock { $0.ended() })
        self.receiver?.ended(connection)
    }

    /// Marks the connection as closed by this program, and hands over the collected datagrams.
    ///
    /// - Returns: false if this program has closed the connection before, or its reset was reported.
    func close(_ connection: Connection) -> Bool {
        let room: LinkState.Room? = self.state.withLock { state in
            guard !state.isClosed, !state.isResetReported else { return nil }
            if state.isOpen { Self.post(state.takeCollected(at: .now()), on: connection) }
            return state.closed()
        }
        if let room { self.made(room: room) }
        return room != nil
    }

    /// Marks the reset of the connection as reported.
    ///
    /// - Returns: true for the first call after the connection has ended, if this program has not closed it.
    func takeReset() -> Bool {
        self.state.withLock { $0.takeReset() }
    }
}
