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
    /// What it holds of a datagram that has not all come, as it is counted.
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
        if let host = IPAddress(connection.peer.host) { self.origin.registry.streamHosts.arrived(host) }
        self.origin.observer.connectionOpened(connection)
        // It may have been let in before they changed, when this loop had nothing of it to close.
        if connection.rendezvous != nil, !self.shard.limits.access.permits(connection.peer) {
            self.shard.close(connection, .accessDenied)
        }
    }

    /// Holds other limits from the next read on.
    func use(_ limits: Limits) {
        self.reader.use(datagramBytesMax: limits.datagramBytes)
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
        let receiver = self.origin.receiver
        self.shard.readBegan(connection)
        defer { self.shard.readEnded() }
        let oversizedPayloadBytes = buffer.withUnsafeReadableBytes { bytes in
            self.reader.bytesReceived(bytes) { run in
                guard connection.isOpen else { return }
                if let limit = connection.received(datagrams: run.datagramCount, bytes: run.bytes.count) {
                    connection.pass(limit)
                } else {
                    receiver.datagramsReceived(run, from: connection)
                }
            }
        }
        if oversizedPayloadBytes != nil { self.shard.close(connection, passing: .datagramBytes) }
        self.countUnfinished(connection.isOpen ? self.reader.tail.readableBytes : 0)
    }

    /// Counts what it holds with what all others do; nothing any more where its end is decided.
    func countUnfinished(_ byteCount: Int) {
        guard byteCount != self.unfinishedBytes else { return }
        let growth = byteCount - self.unfinishedBytes
        self.unfinishedBytes = byteCount
        self.shard.unfinishedChanged(by: growth)
    }

    func read(context: ChannelHandlerContext) {
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
        self.countUnfinished(0)
        let reason = self.reason(for: connection)
        self.shard.ended(connection, reason)
        if let host = IPAddress(connection.peer.host) { self.origin.registry.streamHosts.left(host) }
        self.origin.observer.connectionClosed(connection, reason: reason)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.connection = nil
    }

    private func reason(for connection: Connection) -> CloseReason {
        if let reason = connection.state.closeReason { return reason }
        if let code = connection.writeError { return CloseReason(errorCode: code) }
        guard let error = self.error else { return .peerClosed }
        return (error as? IOError).map { CloseReason(errorCode: $0.errnoCode) } ?? .ioError
    }
}
