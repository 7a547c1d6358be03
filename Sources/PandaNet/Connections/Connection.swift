import NIOCore
import Wire

/// Names a connection for the life of the process; a number is never used again.
public struct ConnectionID: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: UInt64

    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    public static func < (left: ConnectionID, right: ConnectionID) -> Bool { left.rawValue < right.rawValue }

    public var description: String { String(self.rawValue) }
}

/// One connection: who is at the other end, what it has moved, and what it still has to get.
// @unchecked: what is not constant belongs to `shard.eventLoop` and is touched only there.
public final class Connection: @unchecked Sendable {
    // MARK: Constant, any thread

    public let id: ConnectionID
    public let peer: NetAddress
    /// The rendezvous that it came through; nil when this program connected.
    public let rendezvous: Rendezvous?
    /// What stands before each payload, in both directions.
    public let header: TCPHeader
    public let openedAt: NIODeadline
    let shard: Shard
    /// What other threads have to do with it; nil where the program's own event loops do all.
    let link: ConnectionLink?

    // MARK: Event loop only

    /// What it has moved so far.
    public internal(set) var traffic = Traffic()
    var state = ConnectionState.open
    /// NIO's handle on the channel; nil before it is active and after it has ended.
    var context: ChannelHandlerContext?
    /// The socket, for sending past NIO; -1 as soon as it may be closed.
    var descriptor: CInt = -1
    /// What it has over UDP, in place of the channel and the socket.
    var udpPeer: UDPPeer?
    /// false: broadcasts do not reach it, and its own reach nobody else.
    var joinsBroadcasts = true
    var pending: PendingWrites
    /// Where what it brings goes; nil where a `DatagramReceiver` gets it.
    var intake: ConnectionIntake?
    /// The error number that sending ended with; nothing is sent after it.
    var writeError: CInt?
    /// How the batch of this turn differs for this connection.
    var edits = BatchEdits()
    /// The last batch that holds a broadcast of this connection.
    var batchNumber: UInt64 = 0
    /// Where it stands in its shard's table.
    var tableIndex = -1

    init(
        id: ConnectionID,
        peer: NetAddress,
        rendezvous: Rendezvous?,
        header: TCPHeader,
        openedAt: NIODeadline,
        shard: Shard,
        link: ConnectionLink? = nil
    ) {
        self.id = id
        self.peer = peer
        self.rendezvous = rendezvous
        self.header = header
        self.openedAt = openedAt
        self.shard = shard
        self.link = link
        self.intake = link.map { _ in ConnectionIntake() }
        self.pending = PendingWrites(bytesMax: shard.limits.pendingBytes)
    }

    /// How long it has been there. On its event loop.
    public var age: Duration { .nanoseconds((self.shard.eventLoop.now - self.openedAt).nanoseconds) }

    var isOpen: Bool { self.state.isOpen }
}

extension Connection {
    /// Sends a run back to this connection, in its turn: after all that it was sent before. On its event loop.
    public func send(_ run: DatagramRun) {
        self.shard.send(run, to: self)
    }

    /// Sends a run to every connection of every listener. On the sender's event loop.
    ///
    /// - Parameter includingSender: false leaves this connection out.
    public func broadcast(_ run: DatagramRun, includingSender: Bool) {
        if self.joinsBroadcasts {
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
            self.context?.close(promise: nil)
        }
    }

    /// Counts a run as dropped. On its event loop.
    public func drop(_ run: DatagramRun) {
        self.traffic.datagramsDropped += UInt64(run.datagramCount)
    }
}
