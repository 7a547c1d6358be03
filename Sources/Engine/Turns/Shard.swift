import NIOCore
import Synchronization
import Wire

/// One event loop and all that belongs to it: its connections, the broadcasts of this turn, and the sending.
///
/// NIO handles all sockets that are ready before it runs a task. So the first broadcast of a turn asks for one task, each
/// further run of that turn is appended to the same batch, and the task sends the batch to each connection in one write.
/// With `coalesce` the task is a timer, and the batch that of several turns.
// @unchecked: what is not constant belongs to `eventLoop` and is touched only there; inbox and outbox have locks of their own.
final class Shard: @unchecked Sendable {
    /// A batch is sent before the end of its turn from here on: more would only make every receiver wait.
    static let batchBytesMax = 32 * 1024

    // MARK: Constant, any thread

    let eventLoop: any EventLoop
    /// The way in for other threads.
    let pipe: LoopPipe
    /// Its place among the manager's shards.
    let index: Int
    let inbox: ShardInbox
    let outbox = ShardOutbox()
    let receiveBuffer = ReceiveBuffer()
    /// What waits for peers. One for all shards of a manager.
    let pendingTotal: ByteTotal
    /// Input of datagrams that are not whole yet, or that wait to be handed on. One for all shards.
    let unfinishedTotal: ByteTotal
    /// The shards of the other event loops.
    private(set) var others: [Shard] = []
    /// Its connections that join broadcasts, for the others to read.
    private let receivers = Atomic<Int>(0)
    /// The part of its connections in `unfinishedTotal`, for the others to read.
    let unfinishedBytes = Atomic<Int>(0)
    /// Whether another loop has asked this one to end the connection that holds most of them.
    let isAskedForUnfinished = Atomic<Bool>(false)

    // MARK: Event loop only

    private(set) var limits: Limits
    /// Of `limits`.
    private(set) var keepAlive: KeepAlive
    private(set) var table = ConnectionTable()
    var shutdown = ShardShutdown()
    /// Shut while another loop has more from this one than it can take.
    var readGate = ReadGate()
    /// Connections whose input goes on in later passes.
    var heldInputs = HeldInputQueue()
    /// Whether connections are looked at now and then.
    var isSweeping = false
    /// What timeouts are measured with.
    var clock = LoopClock()
    /// The UDP sockets that are open on this loop.
    var udpSockets: [UDPSocket] = []
    private var writer = ShardWriter()
    private var batch = BroadcastBatch()
    private var batchNumber: UInt64 = 1
    private var edited: [Connection] = []
    private var editedFrames = ByteBuffer()
    private var replies = ReplyBatch()
    /// Bytes that go with the batch to single connections.
    private var insertedBytes = 0
    private var isTurnArmed = false
    /// Whether the rest of the connections that are to end waits for its turn.
    private var isPausingCloses = false
    /// How long broadcasts may wait for others to go with them; zero: until the end of their turn.
    private var coalesce: TimeAmount
    /// Sends the broadcasts that wait for longer than their turn.
    private var holding: Scheduled<Void>?
    /// What the connections that have ended had moved.
    private var endedTraffic = Traffic()
    private var endedByListener = ListenerCounts()
    private var endedCounts: [CloseReason: Int] = [:]
    private var exceeded: [ConnectionLimit: Int] = [:]
    /// Datagrams that a limit cost connections which live on.
    private(set) var datagramsLost: [ConnectionLimit: UInt64] = [:]
    private var unframeableCount: UInt64 = 0
    private var endedUDPCounts = UDPCounts()

    init(
        eventLoop: any EventLoop,
        index: Int = 0,
        limits: Limits,
        coalesce: Duration = .zero,
        pendingTotal: ByteTotal = ByteTotal(),
        unfinishedTotal: ByteTotal = ByteTotal()
    ) {
        self.eventLoop = eventLoop
        self.pipe = LoopPipe(eventLoop: eventLoop)
        self.index = index
        self.coalesce = TimeAmount(coalesce)
        self.limits = limits
        self.keepAlive = KeepAlive(limits)
        self.inbox = ShardInbox(pendingBytesMax: limits.pendingBytes)
        self.pendingTotal = pendingTotal
        self.unfinishedTotal = unfinishedTotal
        pendingTotal.use(bytesMax: limits.pendingBytesTotal)
        unfinishedTotal.use(bytesMax: limits.unfinishedBytesTotal)
    }

    /// Tells a shard of the others, before the first connection or, with none, after the event loops have ended.
    func join(_ others: [Shard]) {
        self.others = others
    }

    /// Holds other limits, its connections' included, from the next read and the next write on. What waits goes at once.
    func use(_ limits: Limits, coalesce: Duration) {
        self.sendAll()
        self.coalesce = TimeAmount(coalesce)
        let oldKeepAlive = self.keepAlive
        self.keepAlive = KeepAlive(limits)
        self.limits = limits
        self.inbox.use(pendingBytesMax: limits.pendingBytes)
        self.pendingTotal.use(bytesMax: limits.pendingBytesTotal)
        self.unfinishedTotal.use(bytesMax: limits.unfinishedBytesTotal)
        for connection in self.table.connections { connection.use(limits) }
        if self.keepAlive != oldKeepAlive {
            for connection in self.table.connections { connection.use(self.keepAlive) }
        }
        self.startSweeping()
    }

    /// What waits for a connection will not be sent any more. A chunk that NIO holds goes with the channel.
    func discardPending(of connection: Connection) {
        self.pendingTotal.remove(connection.pending.discard() + connection.pending.chunkWritten())
    }

    /// Before the first connection with this header: broadcasts are framed for it from now on.
    func use(_ header: TCPHeader) {
        self.batch.use(header)
    }
}

// MARK: - Connections

extension Shard {
    func opened(_ connection: Connection) {
        self.table.add(connection)
        if connection.joinsBroadcasts { self.receiversChanged(by: 1) }
        self.startSweeping()
        if self.shutdown.hasBegun { self.close(connection, .shutdown) }
    }

    func ended(_ connection: Connection, _ reason: CloseReason) {
        connection.context = nil
        connection.handler = nil
        connection.descriptor = -1
        guard self.table.remove(connection) else { return }
        // Who still knows it must not send to it, nor end it once more.
        if connection.isOpen { connection.state = .closing(reason) }
        if connection.joinsBroadcasts { self.receiversChanged(by: -1) }
        self.pendingTotal.remove(connection.pending.byteCount)
        self.endedTraffic += connection.traffic
        if let origin = connection.origin, origin.registry.countsListener(origin.listenerNumber) {
            self.endedByListener.count(connection, isOpen: false)
        }
        self.endedCounts[reason, default: 0] += 1
        if self.table.isEmpty { self.shutdown.takeFinished()?.succeed() }
    }

    /// Ends a connection with this turn, or soon after when many end. It is sent what the turn brought it so far; what the
    /// kernel does not take is lost.
    func close(_ connection: Connection, _ reason: CloseReason) {
        guard connection.isOpen else { return }
        // Not what other loops have posted since: thousands that end in one turn would send as many batches.
        self.sendOwnBatch()
        // Which may have been too much for it.
        guard connection.isOpen else { return }
        self.writer.fail(connection, reason)
        self.armTurn()
    }

    /// Ends a connection that has passed a limit.
    func close(_ connection: Connection, passing limit: ConnectionLimit) {
        guard connection.isOpen else { return }
        self.close(connection, limit.closeReason)
        // Sending may have ended it for another reason.
        if connection.exceededLimit == nil { self.exceeded(limit, by: connection) }
    }

    /// Counts that a connection has passed a limit, which ends it or costs it datagrams.
    ///
    /// - Parameter losing: how many datagrams, where it lives on.
    func exceeded(_ limit: ConnectionLimit, by connection: Connection, losing datagramCount: Int = 1) {
        self.exceeded[limit, default: 0] += 1
        if connection.isOpen {
            self.datagramsLost[limit, default: 0] += UInt64(datagramCount)
        } else {
            connection.exceededLimit = limit
        }
    }

    /// A rendezvous socket has ended for good.
    func forgetListener(_ number: Int) {
        self.endedByListener.forget(number)
    }

    /// Counts that a rate has begun to hold up what a connection sent.
    func throttled(_ limit: ConnectionLimit) {
        self.exceeded[limit, default: 0] += 1
    }

    func udpSocketEnded(_ socket: UDPSocket) {
        self.udpSockets.removeAll { $0 === socket }
        self.endedUDPCounts += socket.counts
    }

    func closeUDPSockets() -> EventLoopFuture<Void> {
        EventLoopFuture.andAllComplete(self.udpSockets.map { $0.close() }, on: self.eventLoop)
    }

    /// Connections of all event loops that a broadcast is for.
    var broadcastReceivers: Int {
        self.others.reduce(self.receivers.load(ordering: .relaxed)) { $0 + $1.receivers.load(ordering: .relaxed) }
    }

    /// One of its connections joins broadcasts from now on, or does not any more.
    func receiversChanged(by count: Int) {
        self.receivers.wrappingAdd(count, ordering: .relaxed)
    }

    /// Of all UDP sockets, those that have ended included.
    var udpCounts: UDPCounts { self.udpSockets.reduce(into: self.endedUDPCounts) { $0 += $1.counts } }

    /// The counts of now, without the traffic of the connections that are there.
    var countsWithoutConnections: ConnectionCounts {
        var counts = ConnectionCounts()
        counts.open = self.table.count
        counts.opened = self.table.count + self.endedCounts.values.reduce(0, +)
        counts.ended = self.endedCounts
        counts.exceeded = self.exceeded
        counts.cut = self.shutdown.cutCount
        counts.traffic = self.endedTraffic
        counts.traffic.datagramsUnframeable += self.unframeableCount
        counts.udp = self.udpCounts
        counts.listeners = self.endedByListener
        return counts
    }
}

// MARK: - Datagrams

extension Shard {
    func send(_ run: DatagramRun, to connection: Connection) {
        precondition(run.header == connection.header, "a run in another framing than its connection's")
        if connection.batchNumber == self.batchNumber {
            // An earlier broadcast of this sender still waits in the batch, and its order is kept.
            if connection.edits.isEmpty { self.edited.append(connection) }
            let offset = self.batch.frames(run.header).bytes.readableBytes
            connection.edits.insert(run.bytes, at: offset, datagramCount: run.datagramCount)
            self.insertedBytes += run.bytes.count
            if self.insertedBytes >= Self.batchBytesMax { self.sendBatchEarly() }
        } else if self.replies.keep(run, for: connection) {
            if self.replies.byteCount >= Self.batchBytesMax { self.sendReplies() }
        } else {
            self.sendReplies()
            self.writer.send(run.bytes, datagramCount: run.datagramCount, to: connection)
            if self.writer.hasWork { self.armTurn() }
        }
    }

    /// What follows until `readEnded()` comes out of one read of this connection.
    func readBegan(_ connection: Connection) {
        // Those of a read within which NIO drains this connection.
        self.sendReplies()
        self.replies.begin(connection)
    }

    func readEnded() {
        self.sendReplies()
        self.replies.end()
    }

    func broadcast(_ run: DatagramRun, from sender: Connection, includingSender: Bool) {
        guard sender.isOpen else { return }
        precondition(run.header == sender.header, "a run in another framing than its sender's")
        let range = self.batch.append(run)
        sender.batchNumber = self.batchNumber
        if !includingSender {
            if sender.edits.isEmpty { self.edited.append(sender) }
            sender.edits.skip(range, datagramCount: run.datagramCount)
        }
        if self.batch.byteCount >= Self.batchBytesMax { self.sendBatchEarly() }
        if self.coalesce == .zero {
            self.armTurn()
        } else {
            self.hold()
        }
    }

    /// Sends what other threads have handed over, each connection's in its order.
    func flushOutbox() {
        for batch in self.outbox.takeAll() {
            batch.visit { bytes, entry in
                self.writer.send(bytes, datagramCount: entry.datagramCount, to: entry.connection)
                entry.connection.link?.flushed(bytes.count, pendingBytes: entry.connection.pending.byteCount)
            }
        }
        if self.writer.hasWork { self.armTurn() }
    }

    private func sendReplies() {
        guard self.replies.byteCount > 0, let connection = self.replies.connection else { return }
        self.replies.withBytes { bytes in
            self.writer.send(bytes, datagramCount: self.replies.datagramCount, to: connection)
        }
        self.replies.clear()
        if self.writer.hasWork { self.armTurn() }
    }

    private func armTurn() {
        guard !self.isTurnArmed else { return }
        self.isTurnArmed = true
        self.eventLoop.execute { self.endTurn() }
    }

    private func hold() {
        guard self.holding == nil, !self.batch.isEmpty else { return }
        self.holding = self.eventLoop.scheduleTask(in: self.coalesce) { self.sendAll() }
    }

    private func sendBatchEarly() {
        self.sendBatch()
        self.armTurn()
    }

    private func endTurn() {
        self.isTurnArmed = false
        if self.holding == nil { self.sendBatch() }
        self.settle()
    }

    /// Sends what waits, also what was to wait longer: one write for each connection.
    func sendAll() {
        self.holding?.cancel()
        self.holding = nil
        self.sendBatch()
        self.settle()
    }

    /// Does what may call back into the shard.
    private func settle() {
        self.writer.endTurn()
        for connection in self.writer.takeCongested() { ShardWriter.giveChunk(of: connection) }
        self.closeFailed()
    }

    /// Closes a part of those that are to end: a fan-out may pass the limits of thousands.
    private func closeFailed() {
        guard !self.isPausingCloses else { return }
        for connection in self.writer.takeFailed(max: Self.sweepClosesMax) { connection.closeTransport() }
        guard !self.writer.failed.isEmpty else { return }
        self.isPausingCloses = true
        self.pipe.post(after: Self.sweepPause) {
            self.isPausingCloses = false
            self.closeFailed()
        }
    }

    /// Sends this turn's broadcasts to every connection, here and on the other loops.
    private func sendOwnBatch() {
        self.sendReplies()
        guard !self.batch.isEmpty else { return }
        self.postBatch()
        self.fanOut()
    }

    /// Sends this turn's broadcasts and the other loops' to every connection.
    private func sendBatch() {
        self.sendReplies()
        if !self.batch.isEmpty { self.postBatch() }
        let foreign = self.inbox.takeAll()
        for batch in foreign.batches { self.batch.append(batch) }
        for sender in foreign.waiting { sender.pipe.post { sender.inboxEmptied() } }
        if !self.batch.isEmpty { self.fanOut() }
    }

    private func fanOut() {
        self.batch.withViews { two, four in
            self.writer.beginFanOut(two, four)
            for connection in self.table.connections {
                self.sendBatch(connection.header == .two ? two : four, to: connection)
            }
            self.writer.endFanOut()
        }
        for connection in self.edited { connection.edits.clear() }
        self.edited.removeAll(keepingCapacity: true)
        self.batch.clear()
        self.insertedBytes = 0
        self.batchNumber &+= 1
    }

    private func postBatch() {
        guard !self.others.isEmpty else { return }
        let copy = self.batch.copy()
        for other in self.others {
            let posted = other.inbox.post(copy, from: self)
            if posted.stopsSender { self.readGate.block(at: self.eventLoop.now) }
            if posted.wakesReceiver { other.pipe.post { other.sendAll() } }
        }
    }

    /// Another loop has taken what it had from this one.
    private func inboxEmptied() {
        for context in self.readGate.unblock(at: self.eventLoop.now) { context.read() }
        self.postHeldInput()
    }

    private func sendBatch(_ frames: BroadcastBatch.View, to connection: Connection) {
        // One that has stopped joining since it sent or was sent something here still gets what this batch has for it.
        guard connection.joinsBroadcasts || !connection.edits.isEmpty else { return }
        self.unframeableCount &+= UInt64(frames.unframeableCount)
        guard !connection.edits.isEmpty else {
            self.writer.send(frames.bytes, datagramCount: frames.datagramCount, to: connection)
            return
        }
        self.editedFrames.clear()
        let datagramCount = connection.edits.apply(to: frames, writingTo: &self.editedFrames)
        self.editedFrames.withUnsafeReadableBytes { bytes in
            self.writer.send(bytes, datagramCount: datagramCount, to: connection)
        }
    }
}
