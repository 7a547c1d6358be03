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
/// It belongs to one event loop: a service sends, broadcasts and closes there. A connection of a `QueuedConnectionManager` is
/// sent on, read and closed from any thread with the manual's classes.
// @unchecked: what is not constant belongs to `home.loop` and is touched only there.
public final class Connection: @unchecked Sendable {
    // MARK: Constant, any thread

    /// Its name in this manager.
    public let id: ConnectionID
    /// Who is at the other end.
    let peerAddress: SocketAddress
    /// Where it comes from.
    let origin: ConnectionOrigin
    let home: ConnectionHome
    /// What the service's program keeps with it.
    package let attachment: (any ConnectionAttachment)?
    /// When it was opened.
    public let openedAt: Instant
    /// What stands before each payload, in both directions.
    public let framing: Framing

    // MARK: Event loop only

    /// Whether its receiver is being called, so that datagrams that a rate holds back come again.
    var isHandingOn = false
    /// Whether something of the turn is in `Turn.touched` for it.
    var isTouched = false
    /// Whether it is in its shard's list of those that suspended fan-outs owe something.
    var isOwing = false
    var state = ConnectionState.open
    var transmitter = Transmitter.none
    /// The socket that it reads from, a `StreamSource`; nil over UDP and after its end.
    var socket: EventSource?
    /// What a service keeps with it.
    public var serviceState: AnyObject?
    /// Takes what it brings, unframed, in place of the service.
    package var byteReceiver: (any ByteReceiver)?
    /// What it has moved so far.
    public internal(set) var traffic = Traffic()
    var pending = PendingOutput()
    /// nil while no rate is limited.
    var receiveRates: ReceiveRates?
    var receiveWatch: ReceiveWatch
    /// The error number that sending ended with; nothing is sent after it.
    var writeError: CInt?
    /// Bytes at the end of the run its service was called with last, which a rate holds back: whole datagrams, which come
    /// again.
    public internal(set) var heldBackBytes = 0
    /// What the first datagram of these costs of the rate.
    var heldBackCost = 0
    /// The limit that ended it.
    public internal(set) var exceededLimit: ConnectionLimit?
    /// What is for it alone in this turn.
    var pieces = PieceList()
    /// Where what it has got of this turn already ends in the log.
    var servedEnd: Int32 = 0
    /// The last turn in which it has broadcast.
    var lastBroadcastTurn: UInt64 = 0
    /// The first turn of which a suspended fan-out owes it something; 0: none does.
    var owedFrom: UInt64 = 0
    /// The last of these turns.
    var lastOwedTurn: UInt64 = 0
    /// Where it stands in its shard's table.
    var tableIndex: Int32 = -1
    /// Where it stands among the members of the audience of all; -1: broadcasts do not reach it, and its own reach nobody else.
    var memberIndex: Int32 = -1
    /// The further audiences that it is in.
    var memberships: [Membership] = []

    init(
        id: ConnectionID,
        peerAddress: SocketAddress,
        origin: ConnectionOrigin,
        framing: Framing,
        home: ConnectionHome
    ) {
        self.id = id
        self.peerAddress = peerAddress
        self.origin = origin
        self.framing = framing
        self.openedAt = home.loop.now
        self.home = home
        self.attachment = origin.provider.makeAttachment()
        self.receiveRates = ReceiveRates(home.limits, at: home.loop.now)
        self.receiveWatch = ReceiveWatch(at: home.clock.reading(at: home.loop.now))
    }

    /// Who is at the other end, IPv4 also where it came through a dual-stack socket: Panda3D's `getAddress`. Any thread.
    public var peer: NetAddress { NetAddress(self.peerAddress) }

    /// The rendezvous that it came through; nil when this program connected. Any thread.
    public var rendezvous: Rendezvous? { self.origin.rendezvous }

    /// How long it has been there. On its event loop.
    public var age: Duration { self.home.loop.now - self.openedAt }

    /// Which of the manager's event loops it is on, counted from 0. Any thread.
    public var eventLoopIndex: Int { self.home.loop.index }

    /// Bytes that it still has to get and that the kernel has not taken. On its event loop.
    public var pendingBytes: Int { self.pending.byteCount }

    /// false from the moment on when its end is decided. On its event loop.
    public var isOpen: Bool { self.state.isOpen }

    /// Whether its datagrams go over UDP. Any thread.
    var isUDP: Bool { self.framing == .udp }

    /// What stands before each payload that is sent; nil where the program frames by itself.
    var sendFraming: Framing? { self.attachment == nil ? self.framing : nil }
}

extension Connection: Hashable {
    /// Whether they are the same object.
    public static func == (left: Connection, right: Connection) -> Bool { left === right }

    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
