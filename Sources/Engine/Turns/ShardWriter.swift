import Glibc
import NIOCore
import Wire

/// Sends datagrams on the connections of one event loop, and never waits for any of them.
///
/// Bytes go to the socket directly. What the kernel does not take waits in the connection's `PendingWrites`, and NIO is
/// given a chunk of it, so that it reports when the socket takes more. Event loop only.
struct ShardWriter {
    /// Connections with something new to give to NIO. It is given at the end of the turn: NIO may close a channel within
    /// a write, and that must not happen while a fan-out walks the table.
    private(set) var congested: [Connection] = []
    /// Connections that are to end, in their order.
    private(set) var failed: [Connection] = []

    private var largestHolders = LargestHolders()
    /// What a fan-out sends, in both framings; empty between fan-outs.
    private var (two, four) = (SharedBatch(), SharedBatch())

    var hasWork: Bool { !self.congested.isEmpty || !self.failed.isEmpty }

    /// These are about to be sent to many connections. They hold until `endFanOut()`.
    mutating func beginFanOut(_ two: BroadcastBatch.View, _ four: BroadcastBatch.View) {
        (self.two, self.four) = (SharedBatch(two.bytes), SharedBatch(four.bytes))
    }

    mutating func endFanOut() {
        (self.two, self.four) = (SharedBatch(), SharedBatch())
    }

    /// Sends whole frames, or the rest of them, to one connection.
    mutating func send(_ bytes: UnsafeRawBufferPointer, datagramCount: Int, to connection: Connection) {
        guard connection.isOpen, connection.writeError == nil, bytes.count > 0 else { return }
        if let peer = connection.udpPeer { return peer.send(bytes, for: connection) }
        connection.traffic.datagramsOut &+= UInt64(datagramCount)
        connection.traffic.bytesOut &+= UInt64(bytes.count)
        let sentBytes = connection.pending.isEmpty ? Self.transmit(bytes, to: connection) : 0
        guard sentBytes < bytes.count else { return }
        let header = connection.pending.header
        self.keep(
            UnsentFrames(of: bytes, datagramCount: datagramCount, sentBytes: sentBytes, header: header),
            for: connection
        )
    }

    /// Lets what the kernel did not take wait, as far as the limits allow.
    private mutating func keep(_ unsent: UnsentFrames, for connection: Connection) {
        let shard = connection.shard
        var kept = unsent
        if let limit = self.limit(passedBy: unsent, for: connection) {
            guard shard.limits.slowConsumer == .drop, let header = connection.pending.header else {
                return self.end(connection, passing: limit)
            }
            kept = Self.fitting(unsent, header, for: connection)
            connection.traffic.dropped(unsent, but: kept)
            shard.exceeded(limit, by: connection, losing: unsent.datagramCount - kept.datagramCount)
        }
        guard kept.bytes.count > 0 else { return }
        shard.pendingTotal.add(kept.bytes.count)
        connection.pending.append(kept, sharing: self.two.segments(for: kept) ?? self.four.segments(for: kept))
        if !connection.pending.isChunkUnderWay { self.congested.append(connection) }
    }

    private mutating func end(_ connection: Connection, passing limit: ConnectionLimit) {
        let shard = connection.shard
        self.fail(connection, limit.closeReason)
        // At once: the next connection of this fan-out may need the room.
        shard.discardPending(of: connection)
        shard.exceeded(limit, by: connection)
    }

    private mutating func limit(passedBy unsent: UnsentFrames, for connection: Connection) -> ConnectionLimit? {
        if let limit = connection.pending.limit(passedBy: unsent) { return limit }
        let total = connection.shard.pendingTotal
        if unsent.bytes.count > total.room { self.makeRoom(unsent.bytes.count, for: connection) }
        return unsent.bytes.count > total.room ? .pendingBytesTotal : nil
    }

    /// Ends connections of this event loop for which more waits than for this one, where that is how a limit is held.
    private mutating func makeRoom(_ byteCount: Int, for connection: Connection) {
        let shard = connection.shard
        guard shard.limits.slowConsumer == .disconnect else { return }
        let heldBytes = connection.pending.byteCount + byteCount
        while byteCount > shard.pendingTotal.room,
            let largest = self.largestHolders.next(over: heldBytes, in: shard.table)
        {
            self.end(largest, passing: .pendingBytesTotal)
        }
    }

    private static func fitting(_ unsent: UnsentFrames, _ header: TCPHeader, for connection: Connection) -> UnsentFrames
    {
        let pending = connection.pending
        return unsent.prefix(
            bytesMax: min(pending.bytesMax - pending.byteCount, connection.shard.pendingTotal.room),
            datagramsMax: pending.datagramsMax - pending.datagramCount,
            header: header
        )
    }

    /// What waits is something else in the next turn.
    mutating func endTurn() {
        self.largestHolders.forget()
    }

    mutating func takeCongested() -> [Connection] {
        defer { self.congested = [] }
        return self.congested
    }

    /// Notes that a connection is to end; until then it neither sends nor receives.
    mutating func fail(_ connection: Connection, _ reason: CloseReason) {
        connection.state = .closing(reason)
        self.failed.append(connection)
    }

    /// - Returns: the first ones, at most `max`.
    mutating func takeFailed(max: Int) -> [Connection] {
        let taken = Array(self.failed.prefix(max))
        self.failed.removeFirst(taken.count)
        return taken
    }

    /// Gives NIO something to wait with. Static: NIO may call back into the shard from here.
    static func giveChunk(of connection: Connection) {
        guard let context = connection.context, let chunk = connection.pending.startChunk() else { return }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { result in
            switch result {
            case .success: Self.chunkWritten(on: connection)
            // NIO closes the channel, and does not say why anywhere else.
            case .failure(let error): connection.writeError = connection.writeError ?? (error as? IOError)?.errnoCode
            }
        }
        context.writeAndFlush(NIOAny(chunk), promise: written)
    }

    /// The socket takes bytes again: send directly until it does not.
    private static func chunkWritten(on connection: Connection) {
        var left = connection.pending.chunkWritten()
        left += connection.pending.drain { Self.transmit($0, to: connection) }
        connection.shard.pendingTotal.remove(left)
        Self.giveChunk(of: connection)
        connection.link?.progressed(pendingBytes: connection.pending.byteCount)
        if connection.pending.isEmpty { connection.shard.everythingSent(to: connection) }
    }

    /// - Returns: how many bytes need no more attention: the kernel took them, or the connection is at its end.
    private static func transmit(_ bytes: UnsafeRawBufferPointer, to connection: Connection) -> Int {
        guard connection.descriptor >= 0 else { return 0 }
        while true {
            let sent = Glibc.send(
                connection.descriptor,
                bytes.baseAddress,
                bytes.count,
                CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)
            )
            if sent >= 0 { return sent }
            switch errno {
            case EINTR: continue
            case EAGAIN, ENOBUFS, ENOMEM: return 0
            case let code:
                // epoll reports it to NIO too, which reads what the peer still sent and then closes.
                connection.writeError = code
                return bytes.count
            }
        }
    }
}

extension Traffic {
    /// Takes back that frames were taken over of which only some were.
    fileprivate mutating func dropped(_ unsent: UnsentFrames, but kept: UnsentFrames) {
        let datagramCount = UInt64(unsent.datagramCount - kept.datagramCount)
        self.datagramsOut &-= datagramCount
        self.bytesOut &-= UInt64(unsent.bytes.count - kept.bytes.count)
        self.datagramsUnsent += datagramCount
    }
}
