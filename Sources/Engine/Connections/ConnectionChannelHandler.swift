import Glibc
import NIOCore
import Wire

/// Joins one NIO channel to one `Connection`: what the socket brings goes to the reader, and from there to the program.
final class ConnectionChannelHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let origin: ConnectionOrigin
    private let shard: Shard
    private var reader: ConnectionReader
    /// There from the moment when the channel is active.
    private(set) var connection: Connection?
    private var error: (any Error)?
    /// What came and waits for a later pass of the event loop, or for a rate; nil when all was handed on.
    private(set) var held: HeldInput?
    /// Why its socket has ended, where the connection goes on to hand on what it holds.
    private var socketEnd: CloseReason?
    /// Whether the peer has gone, and only what it had sent is still handed on.
    var hasNoPeer: Bool { self.socketEnd != nil }
    /// What it holds of datagrams that have not all come, or are not handed on yet, as it is counted.
    private(set) var unfinishedBytes = 0

    /// - Parameter header: what stands before each payload, in both directions.
    init(origin: ConnectionOrigin, header: TCPHeader, shard: Shard) {
        self.origin = origin
        self.shard = shard
        self.reader = ConnectionReader(header: header, datagramBytesMax: shard.limits.datagramBytes)
    }

    func channelActive(context: ChannelHandlerContext) {
        let connection = Connection(
            id: self.origin.registry.nextID(),
            // A peer that has gone already has no address any more.
            peer: context.remoteAddress.flatMap(NetAddress.init) ?? NetAddress(host: "0.0.0.0", port: 0),
            origin: self.origin,
            header: self.reader.scanner.header,
            openedAt: context.eventLoop.now,
            shard: self.shard,
            link: (self.origin.observer as? any ConnectionOwner)?.makeLink()
        )
        connection.context = context
        connection.handler = self
        connection.descriptor = context.channel.descriptor ?? -1
        self.connection = connection
        // They may have changed since this was made.
        self.use(self.shard.limits)
        self.shard.opened(connection)
        if !self.shard.keepAlive.isSystemDefault { connection.use(self.shard.keepAlive) }
        if let host = connection.peer.ipAddress { self.origin.registry.streamHosts.arrived(host) }
        self.origin.observer.connectionOpened(connection)
        // It may have been let in before they changed, when this loop had nothing of it to close.
        if connection.rendezvous != nil, !self.shard.limits.access.permits(connection.peer) {
            self.shard.close(connection, .accessDenied)
        }
    }

    /// Holds other limits from the next read on.
    func use(_ limits: Limits) {
        self.reader.use(datagramBytesMax: limits.datagramBytes)
        // The rate that holds it up may be another one.
        if let connection { self.shard.queueInput(of: connection) }
    }

    /// What has come so far.
    func progress(of connection: Connection) -> ReceiveWatch.Progress {
        let tailBytes = self.reader.tail.readableBytes
        return ReceiveWatch.Progress(
            bytes: connection.traffic.bytesIn + UInt64(tailBytes),
            datagrams: connection.traffic.datagramsIn,
            isMidFrame: tailBytes > 0
        )
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = self.unwrapInboundIn(data)
        defer { self.shard.receiveBuffer.giveBack(buffer) }
        guard let connection, connection.isOpen, !self.shard.shutdown.hasBegun else { return }
        if let intake = connection.intake { return intake.bytesReceived(buffer, from: connection) }
        guard self.held == nil else {
            // NIO reads what is left when the peer ends.
            self.held?.bytes.writeImmutableBuffer(buffer)
            return self.countUnfinished()
        }
        buffer.withUnsafeReadableBytes { bytes in
            let step = self.handOn(bytes, of: connection, datagramsMax: .max)
            if step.nextFrameBytes != nil { self.held = HeldInput(bytes[step.usedBytes...]) }
            self.settle(step, connection)
        }
    }

    /// Hands a part of what is held to the receiver.
    func continueInput() {
        guard let held, let connection else { return }
        held.isQueued = false
        guard connection.isOpen else { return }
        // Another reference to the same bytes: more of them may come.
        let step = held.bytes.readableBytesView.withUnsafeBytes { bytes in
            self.handOn(bytes, of: connection, datagramsMax: Shard.heldDatagramsPerPass)
        }
        held.drop(step.usedBytes)
        self.settle(step, connection)
    }

    /// Lets go of what is held, and reads on: what comes is ignored.
    func dropInput() {
        guard let held else { return }
        held.end()
        self.held = nil
        self.countUnfinished()
        self.readOn()
    }

    /// The connection is to be closed: its end is now where the socket has ended before.
    func endWithoutSocket() {
        guard let socketEnd, let connection else { return }
        self.end(connection, connection.state.closeReason ?? socketEnd)
    }

    /// Hands on a part of one read at most.
    private func handOn(
        _ bytes: UnsafeRawBufferPointer,
        of connection: Connection,
        datagramsMax: Int
    ) -> ConnectionReader.Step {
        let receiver = self.origin.receiver
        var partsLeft = Shard.partsPerRead
        connection.isHandingOn = true
        connection.heldBackBytes = 0
        self.shard.readBegan(connection)
        defer {
            self.shard.readEnded()
            connection.isHandingOn = false
        }
        return self.reader.bytesReceived(bytes, datagramsMax: min(datagramsMax, connection.datagramsMax)) { run in
            guard connection.isOpen else { return run.bytes.count }
            let share = connection.share(of: run)
            guard share.datagramCount > 0 else { return 0 }
            let takenBytes = receiver.datagramsReceived(share, from: connection, partsMax: partsLeft)
            partsLeft -= 1
            let taken = share.prefix(bytesMax: takenBytes)
            connection.received(datagrams: taken.datagramCount, bytes: taken.bytes.count)
            return takenBytes
        }
    }

    /// Decides what becomes of the rest.
    private func settle(_ step: ConnectionReader.Step, _ connection: Connection) {
        if step.oversizedPayloadBytes != nil { self.shard.close(connection, passing: .datagramBytes) }
        if connection.isOpen, let frameBytes = step.nextFrameBytes {
            self.wait(frameBytes: frameBytes, connection)
        } else if let held {
            held.end()
            self.held = nil
            if connection.isOpen { self.readOn() }
        }
        self.countUnfinished()
    }

    /// Lets what is held wait for a rate, or for the next pass.
    private func wait(frameBytes: Int, _ connection: Connection) {
        guard let wait = connection.wait(frameBytes: frameBytes) else { return self.shard.queueInput(of: connection) }
        guard let time = wait.time else { return connection.pass(wait.limit) }
        let shard = self.shard
        let resumption = shard.pipe.post(after: max(HeldInput.pauseMin, time)) { shard.queueInput(of: connection) }
        let readingTime = shard.clock.reading(at: shard.eventLoop.now)
        guard let held, held.throttle(at: readingTime, until: resumption) else { return }
        shard.throttled(wait.limit)
    }

    /// Nothing is held any more.
    private func readOn() {
        if let context = self.connection?.context { self.read(context: context) } else { self.endWithoutSocket() }
    }

    /// Counts what it holds with what all others do; nothing any more where its end is decided.
    private func countUnfinished() {
        let isOpen = self.connection?.isOpen ?? false
        self.countUnfinished(isOpen ? self.reader.tail.readableBytes + (self.held?.bytes.readableBytes ?? 0) : 0)
    }

    /// Counts what it holds with what all others do.
    func countUnfinished(_ byteCount: Int) {
        guard byteCount != self.unfinishedBytes else { return }
        let growth = byteCount - self.unfinishedBytes
        self.unfinishedBytes = byteCount
        self.shard.unfinishedChanged(by: growth)
    }

    func read(context: ChannelHandlerContext) {
        if self.held != nil { return }
        if let connection, let intake = connection.intake, !intake.admitsRead(of: connection) { return }
        if self.shard.readGate.isOpen {
            context.read()
        } else {
            self.shard.readGate.wait(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.error = error
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        guard let connection else { return }
        if let host = connection.peer.ipAddress { self.origin.registry.streamHosts.left(host) }
        let reason = self.reason(for: connection)
        guard self.held != nil, connection.isOpen, !self.shard.shutdown.hasBegun else {
            return self.end(connection, reason)
        }
        // What the peer had sent is handed on all the same; nothing is sent to it. It keeps its place meanwhile.
        self.socketEnd = reason
        connection.context = nil
        connection.descriptor = -1
        connection.writeError = connection.writeError ?? EPIPE
        self.shard.discardPending(of: connection)
        self.origin.registry.admission.keep(connection.admittedAddress)
    }

    private func end(_ connection: Connection, _ reason: CloseReason) {
        self.held?.end()
        self.held = nil
        self.countUnfinished(0)
        self.shard.ended(connection, reason)
        if self.socketEnd != nil {
            self.connection = nil
            self.origin.registry.admission.release(connection.admittedAddress)
        }
        self.origin.observer.connectionClosed(connection, reason: reason)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if self.held == nil { self.connection = nil }
    }

    private func reason(for connection: Connection) -> CloseReason {
        if let reason = connection.state.closeReason { return reason }
        if let code = connection.writeError { return CloseReason(errorCode: code) }
        guard let error = self.error else { return .peerClosed }
        return (error as? IOError).map { CloseReason(errorCode: $0.errnoCode) } ?? .ioError
    }
}

extension Connection {
    /// The address under which it has its place; nil where it has one of this program's own.
    fileprivate var admittedAddress: IPAddress? { self.rendezvous.flatMap { _ in self.peer.ipAddress } }

    /// Has the system look for the peer, or not any more.
    func use(_ keepAlive: KeepAlive) {
        guard self.descriptor >= 0, let code = keepAlive.apply(to: self.descriptor) else { return }
        self.shard.close(self, CloseReason(errorCode: code))
    }
}
