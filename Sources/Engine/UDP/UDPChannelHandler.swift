import NIOCore

/// Joins one NIO datagram channel to its `UDPSocket`. NIO only reads from it.
final class UDPChannelHandler: ChannelDuplexHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundIn = Never

    private let socket: UDPSocket

    init(_ socket: UDPSocket) {
        self.socket = socket
    }

    func channelActive(context: ChannelHandlerContext) {
        if !self.socket.channelOpened(context.channel) { context.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = self.unwrapInboundIn(data)
        envelope.data.withUnsafeReadableBytes {
            self.socket.bytesReceived($0, from: envelope.remoteAddress, envelope.metadata?.packetInfo)
        }
    }

    func read(context: ChannelHandlerContext) {
        if self.socket.shard.readGate.isOpen {
            context.read()
        } else {
            self.socket.shard.readGate.wait(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // NIO closes the channel itself after what it can't go on from.
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.socket.channelClosed()
    }
}
