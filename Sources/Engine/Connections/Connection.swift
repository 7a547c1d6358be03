import Wire

/// The id of a connection within its manager. Ids are never reused.
public struct ConnectionID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Counts up from 1 in each manager.
    public let rawValue: UInt64

    /// Makes an id from a number, for example from a log line. The connection need not exist.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Compares the numbers. A lower number was assigned earlier.
    public static func < (left: ConnectionID, right: ConnectionID) -> Bool { left.rawValue < right.rawValue }

    /// The number in decimal.
    public var description: String { String(self.rawValue) }
}

/// A connection to a peer: Panda3D's `Connection` (`connection.cxx`).
///
/// A connection belongs to one event loop. A service sends, broadcasts and closes there. With the manual's classes, any
/// thread can send on, read and close a connection of a `QueuedConnectionManager`.
// @unchecked: all mutable state belongs to `home.loop` and is accessed only there.
public final class Connection: @unchecked Sendable {
    // MARK: Constant, any thread

    /// Its id within this manager.
    public let id: ConnectionID
    /// The peer's address.
    let peerAddress: SocketAddress
    /// The listener, or the client call, that it comes from.
    let origin: ConnectionOrigin
    let home: ConnectionHome
    /// State that the program keeps for this connection, from `ServiceProvider.makeAttachment`; nil if it keeps no such
    /// state.
    package let attachment: (any ConnectionAttachment)?
    /// The time at which it was opened.
    public let openedAt: Instant
    /// The header before each payload, in both directions.
    public let framing: Framing

    // MARK: Event loop only

    /// Whether its service is being called. A rate can hold back datagrams of a run only during that call.
    var isHandingOn = false
    /// Whether it is in `Turn.touched` of the current turn.
    var isTouched = false
    /// Whether it is in the list of waiting connections of `SuspendedFanOuts`.
    var isOwing = false
    var state = ConnectionState.open
    var transmitter = Transmitter.none
    /// The TCP socket that it reads from, a `StreamSource`; nil over UDP and once it is closed.
    var socket: EventSource?
    /// State that a service keeps for this connection.
    public var serviceState: AnyObject?
    /// Takes the received bytes, unframed, in place of the service.
    package var byteReceiver: (any ByteReceiver)?
    /// Its counts so far.
    public internal(set) var traffic = Traffic()
    var pending = PendingOutput()
    /// nil if no rate is limited.
    var receiveRates: ReceiveRates?
    var receiveWatch: ReceiveWatch
    /// The error number of the send that failed. No data is sent after the failure.
    var writeError: CInt?
    /// The number of bytes that a broadcast rate holds back at the end of the last run.
    ///
    /// They are whole datagrams, and the service gets them again later.
    public internal(set) var heldBackBytes = 0
    /// The cost of the first held-back datagram, in bytes of the broadcast rate.
    var heldBackCost = 0
    /// The limit that closed it.
    public internal(set) var exceededLimit: ConnectionLimit?
    /// Its own pieces of the current turn.
    var pieces = PieceList()
    /// The position in the current turn's log up to which the connection has already got its output.
    var servedEnd: Int32 = 0
    /// The number of the last turn in which it broadcast; 0 if it never has.
    var lastBroadcastTurn: UInt64 = 0
    /// The number of the first suspended turn whose output it has not got; 0 if there is no such turn.
    var owedFrom: UInt64 = 0
    /// The number of the last turn that was suspended before this connection got its part.
    var lastOwedTurn: UInt64 = 0
    /// Its index in its shard's table.
    var tableIndex: Int32 = -1
    /// Its index among the members of the audience of all connections; -1 if it takes no part in broadcasts.
    ///
    /// Without this membership, broadcasts do not reach it, and its own broadcasts reach no other connection.
    var memberIndex: Int32 = -1
    /// The other audiences of which it is a member.
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

    /// The peer's address: Panda3D's `getAddress`. IPv4 peers of a dual-stack socket appear as IPv4. Any thread.
    public var peer: NetAddress { NetAddress(self.peerAddress) }

    /// The rendezvous that accepted it; nil if this program connected. Any thread.
    public var rendezvous: Rendezvous? { self.origin.rendezvous }

    /// The time since it was opened. On its event loop.
    public var age: Duration { self.home.loop.now - self.openedAt }

    /// The index of its event loop within the manager, from 0. Any thread.
    public var eventLoopIndex: Int { self.home.loop.index }

    /// Bytes queued for the peer that the kernel has not taken. On its event loop.
    public var pendingBytes: Int { self.pending.byteCount }

    /// False from the moment its close is decided. On its event loop.
    public var isOpen: Bool { self.state.isOpen }

    /// Whether it is a UDP connection. Any thread.
    var isUDP: Bool { self.framing == .udp }

    /// The header before each sent payload; nil if the program frames its bytes itself.
    var sendFraming: Framing? { self.attachment == nil ? self.framing : nil }
}

extension Connection: Hashable {
    /// Whether both are the same object.
    public static func == (left: Connection, right: Connection) -> Bool { left === right }

    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
