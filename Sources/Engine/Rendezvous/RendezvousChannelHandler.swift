import NIOCore

/// Joins one NIO server channel to its `RendezvousSocket`. It stands before NIO's own accept handler, which opens what it
/// passes on.
final class RendezvousChannelHandler: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    private let socket: RendezvousSocket
    /// What the channel's option is; NIO's own default first.
    private var acceptsPerTurn: UInt?

    init(_ socket: RendezvousSocket) {
        self.socket = socket
    }

    func channelActive(context: ChannelHandlerContext) {
        if !self.socket.channelOpened(context) { return context.close(promise: nil) }
        context.fireChannelActive()
    }

    func read(context: ChannelHandlerContext) {
        let wanted = self.socket.acceptsPerTurn
        if wanted != self.acceptsPerTurn {
            self.acceptsPerTurn = wanted
            // It fails on a closed channel only, which reads nothing anyway.
            try? context.channel.syncOptions?.setOption(.maxMessagesPerRead, value: wanted)
        }
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.socket.accepted(self.unwrapInboundIn(data))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let code = (error as? IOError)?.errnoCode else { return context.fireErrorCaught(error) }
        self.socket.acceptFailed(code)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.socket.channelClosed()
        context.fireChannelInactive()
    }
}
