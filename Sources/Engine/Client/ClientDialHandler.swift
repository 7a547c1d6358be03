import NIOCore

/// Stands before the connection of one address that is being tried, and lets it open only if it is the first of its race.
final class ClientDialHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let dial: ClientDial
    private let handler: ConnectionChannelHandler

    init(dial: ClientDial, handler: ConnectionChannelHandler) {
        self.dial = dial
        self.handler = handler
    }

    func channelActive(context: ChannelHandlerContext) {
        guard self.dial.addressConnected(context.channel) else { return context.close(promise: nil) }
        context.fireChannelActive()
        guard let connection = self.handler.connection else {
            preconditionFailure("an active channel that has no connection")
        }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        self.dial.opened(connection)
    }
}
