import NIOConcurrencyHelpers
import NIOCore
import Wire

/// What other threads know of one connection and have handed over for it. Any thread.
final class ConnectionLink: Sendable {
    /// What became of a datagram that was to be sent.
    enum Handover: Equatable {
        case taken
        case full
        case closed
    }

    let core: QueuedCore
    private let state: NIOLockedValueBox<LinkState>

    init(core: QueuedCore) {
        self.core = core
        self.state = NIOLockedValueBox(LinkState())
    }

    /// Whether it can be sent on: neither closed here nor ended.
    var isOpen: Bool { self.state.withLockedValue { $0.isOpen } }

    // MARK: Sending

    /// Frames a datagram and hands it to the connection's event loop, or keeps it for `flush` while collecting.
    ///
    /// - Parameters:
    ///   - header: nil sends the payload alone.
    ///   - bytesMax: what may wait for the peer; a single datagram may be longer.
    ///   - ticket: is told once the kernel has the datagram, or it is lost with its connection.
    func hand(
        _ payload: ByteBuffer,
        header: TCPHeader?,
        bytesMax: Int,
        ticket: WriterQueue?,
        on connection: Connection
    ) -> Handover {
        self.state.withLockedValue { state in
            guard state.isOpen else { return .closed }
            let byteCount = (header?.size ?? 0) + payload.readableBytes
            guard state.hasRoom(for: byteCount, bytesMax: bytesMax) else {
                state.isAwaited = true
                // What is being collected would never leave, and nobody would make room.
                Self.post(state.takeCollected(at: .now()), on: connection)
                return .full
            }
            state.handed(byteCount, ticket: ticket)
            state.collect(payload, header: header)
            if state.isCollectionDue(at: .now()) { Self.post(state.takeCollected(at: .now()), on: connection) }
            return .taken
        }
    }

    /// Whether a sender still has to wait; then it is woken by the core's `room`.
    func lacksRoom(for byteCount: Int, bytesMax: Int) -> Bool {
        self.state.withLockedValue { state in
            guard state.isOpen, !state.hasRoom(for: byteCount, bytesMax: bytesMax) else { return false }
            state.isAwaited = true
            return true
        }
    }

    /// - Parameter ifDue: only when the interval of collecting is over.
    /// - Returns: false on a closed connection.
    func flush(ifDue: Bool, on connection: Connection) -> Bool {
        self.state.withLockedValue { state in
            guard state.isOpen else { return false }
            if !ifDue || state.isCollectionDue(at: .now()) {
                Self.post(state.takeCollected(at: .now()), on: connection)
            }
            return true
        }
    }

    func withCollecting<Result>(_ body: (inout LinkState.Collecting) -> Result) -> Result {
        self.state.withLockedValue { body(&$0.collecting) }
    }

    private static func post(_ collected: LinkState.Collected, on connection: Connection) {
        guard collected.datagramCount > 0 else { return }
        connection.shard.outbox.post(collected.bytes, datagramCount: collected.datagramCount, for: connection)
    }

    // MARK: From the event loop

    /// So many bytes have left the outbox, and that many of all wait in the connection.
    func flushed(_ byteCount: Int, pendingBytes: Int) {
        self.made(room: self.state.withLockedValue { $0.flushed(byteCount, pendingBytes: pendingBytes) })
    }

    func progressed(pendingBytes: Int) {
        self.made(room: self.state.withLockedValue { $0.flushed(0, pendingBytes: pendingBytes) })
    }

    func ended() {
        self.made(room: self.state.withLockedValue { $0.ended() })
    }

    private func made(room: LinkState.Room) {
        for ticket in room.tickets { ticket.release() }
        if room.isAwaited { self.core.room.notify() }
    }
}

// MARK: - Reading and closing

extension ConnectionLink {
    /// - Returns: false when the connection has a reader already or was closed.
    func attach(_ sink: any DatagramSink) -> Bool {
        self.state.withLockedValue { state in
            guard state.sink == nil, !state.isClosed, !state.isResetReported else { return false }
            state.sink = sink
            return true
        }
    }

    func detach(_ sink: any DatagramSink) -> Bool {
        self.state.withLockedValue { state in
            guard state.sink === sink else { return false }
            state.sink = nil
            return true
        }
    }

    var sink: (any DatagramSink)? { self.state.withLockedValue { $0.sink } }

    /// Marks it closed by this program, and hands over what was collected.
    ///
    /// - Returns: false when it was closed already, here or by a reset that was reported.
    func close(_ connection: Connection) -> Bool {
        let room: LinkState.Room? = self.state.withLockedValue { state in
            guard !state.isClosed, !state.isResetReported else { return nil }
            if state.isOpen { Self.post(state.takeCollected(at: .now()), on: connection) }
            return state.closed()
        }
        if let room { self.made(room: room) }
        return room != nil
    }

    /// - Returns: true once, for a connection that ended without this program having closed it.
    func takeReset() -> Bool {
        self.state.withLockedValue { $0.takeReset() }
    }
}
