import NIOCore
import Wire

/// Names a connection of one manager; a number is never used again.
public struct ConnectionID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Counts up from 1 in each manager.
    public let rawValue: UInt64

    /// The id with that number, such as one that a log has named; whether it exists is not looked at.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// By number, in which they were given out.
    public static func < (left: ConnectionID, right: ConnectionID) -> Bool { left.rawValue < right.rawValue }

    /// The number in decimal.
    public var description: String { String(self.rawValue) }
}

/// One connection: who is at the other end, what it has moved, and what it still has to get: Panda3D's `Connection`
/// (`connection.cxx`).
///
/// There are two ways to use it. One of a `QueuedConnectionManager` is sent on with a `ConnectionWriter`, read with a reader,
/// and has options and collecting, from any thread. One of a `ConnectionManager` belongs to its event loop: `send`, `broadcast`
/// and `close` are called there.
// @unchecked: what is not constant belongs to `shard.eventLoop` and is touched only there.
public final class Connection: @unchecked Sendable {
    // MARK: Constant, any thread

    /// Its name in this manager.
    public let id: ConnectionID
    /// Who is at the other end, IPv4 also where it came through a dual-stack socket: Panda3D's `getAddress`.
    public let peer: NetAddress
    /// nil where a `QueuedConnectionManager` made it.
    let origin: ConnectionOrigin?
    /// What stands before each payload, in both directions.
    public let header: TCPHeader
    /// When it was opened, on the monotonic clock of its event loop.
    public let openedAt: NIODeadline
    let shard: Shard
    /// The UDP socket that it stands for, to send on with an address; nil for every other kind.
    public let udpSocket: UDPSocket?
    /// What other threads have to do with it; nil where the program's own event loops do all.
    let link: ConnectionLink?

    // MARK: Event loop only

    /// What it has moved so far.
    public internal(set) var traffic = Traffic()
    var state = ConnectionState.open
    /// NIO's handle on the channel; nil before it is active and after it has ended.
    var context: ChannelHandlerContext?
    /// What it has over UDP, in place of the channel and the socket.
    var udpPeer: UDPPeer?
    var pending: PendingWrites
    var pendingAge = PendingAge()
    /// nil while no rate is limited.
    var receiveRates: ReceiveRates?
    var receiveWatch: ReceiveWatch
    /// What joins it to its channel, as long as that is active; nil over UDP.
    var handler: ConnectionChannelHandler?
    /// Where what it brings goes; nil where a `DatagramReceiver` gets it.
    var intake: ConnectionIntake?
    /// The socket, for sending past NIO; -1 as soon as it may be closed.
    var descriptor: CInt = -1
    /// The error number that sending ended with; nothing is sent after it.
    var writeError: CInt?
    /// Whether its receiver is being called, so that datagrams that a rate holds back come again.
    var isHandingOn = false
    /// The run that a receiver handles in one part, while it does.
    var wholeRun: UnsafeRawBufferPointer?
    /// Bytes at the end of the run its receiver was called with last, which a rate holds back: whole datagrams, which come
    /// again.
    public internal(set) var heldBackBytes = 0
    /// What the first datagram of these costs of the rate.
    var heldBackCost = 0
    /// false: broadcasts do not reach it, and its own reach nobody else.
    public internal(set) var joinsBroadcasts = true {
        didSet {
            guard self.joinsBroadcasts != oldValue, self.tableIndex >= 0 else { return }
            self.shard.receiversChanged(by: self.joinsBroadcasts ? 1 : -1)
        }
    }
    /// The limit that ended it.
    public internal(set) var exceededLimit: ConnectionLimit?
    /// How the batch of this turn differs for this connection.
    var edits = BatchEdits()
    /// The last batch that holds a broadcast of this connection.
    var batchNumber: UInt64 = 0
    /// Where it stands in its shard's table.
    var tableIndex = -1

    init(
        id: ConnectionID,
        peer: NetAddress,
        origin: ConnectionOrigin?,
        header: TCPHeader,
        openedAt: NIODeadline,
        shard: Shard,
        link: ConnectionLink? = nil,
        udpSocket: UDPSocket? = nil
    ) {
        self.id = id
        self.peer = peer
        self.origin = origin
        self.header = header
        self.openedAt = openedAt
        self.shard = shard
        self.link = link
        self.udpSocket = udpSocket
        self.intake = udpSocket == nil ? link.map { _ in ConnectionIntake() } : nil
        self.pending = PendingWrites(shard.limits, header: link == nil ? header : nil)
        self.receiveRates = ReceiveRates(shard.limits, at: openedAt)
        self.receiveWatch = ReceiveWatch(at: shard.clock.reading(at: openedAt))
    }

    /// The rendezvous that it came through; nil when this program connected. Any thread.
    public var rendezvous: Rendezvous? { self.origin?.rendezvous }

    /// How long it has been there. On its event loop.
    public var age: Duration { .nanoseconds((self.shard.eventLoop.now - self.openedAt).nanoseconds) }

    /// Which of the manager's event loops it is on, counted from 0. Any thread.
    public var eventLoopIndex: Int { self.shard.index }

    /// Bytes that it still has to get and that the kernel has not taken. On its event loop.
    public var pendingBytes: Int { self.pending.byteCount }

    /// false from the moment on when its end is decided. On its event loop.
    public var isOpen: Bool { self.state.isOpen }
}

extension Connection {
    /// Sends a run back to this connection, in its turn: after all that it was sent before. On its event loop.
    public func send(_ run: DatagramRun) {
        self.shard.send(run, to: self)
    }

    /// Sends a run to every connection of every listener. On the sender's event loop.
    ///
    /// - Parameters:
    ///   - run: of this connection. Where it is the end of what a `DatagramReceiver` was called with, a rate may hold back
    ///     its last datagrams: see `heldBackBytes`.
    ///   - includingSender: false leaves this connection out.
    public func broadcast(_ run: DatagramRun, includingSender: Bool) {
        if self.joinsBroadcasts {
            guard self.receiveRates == nil else {
                return self.broadcastCharged(run, includingSender: includingSender)
            }
            self.shard.broadcast(run, from: self, includingSender: includingSender)
        } else if includingSender {
            self.shard.send(run, to: self)
        } else {
            self.drop(run)
        }
    }

    /// Ends this connection with the current turn; what it still had to get is lost. On its event loop.
    public func close(_ reason: CloseReason = .closedHere) {
        self.shard.close(self, reason)
    }

    /// Closes what is under it.
    func closeTransport() {
        if let peer = self.udpPeer {
            peer.listener.end(self, .closedHere)
        } else {
            if self.state.closeReason == .slowConsumer { self.discardUnsent() }
            self.context?.close(promise: nil)
            self.handler?.endWithoutSocket()
        }
    }

    /// Holds other limits.
    func use(_ limits: Limits) {
        let now = self.shard.eventLoop.now
        self.pending.use(limits)
        self.receiveRates = self.receiveRates.map { $0.changed(to: limits, at: now) } ?? ReceiveRates(limits, at: now)
        self.handler?.use(limits)
    }

    /// Counts a run as dropped. On its event loop.
    public func drop(_ run: DatagramRun) {
        self.traffic.datagramsDropped += UInt64(run.datagramCount)
    }
}
