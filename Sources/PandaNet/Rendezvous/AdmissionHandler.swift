import NIOCore

/// Stands before NIO's own accept handler and lets no more connections pass than the registry has places for.
final class AdmissionHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private let listener: ConnectionListener

    init(listener: ConnectionListener) {
        self.listener = listener
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = self.unwrapInboundIn(data)
        let registry = self.listener.registry
        guard registry.admit() else { return self.refuse(channel) }
        // Whatever becomes of it, its place is free again once it is closed.
        channel.closeFuture.whenComplete { _ in registry.release() }
        context.fireChannelRead(data)
    }

    private func refuse(_ channel: any Channel) {
        let listener = self.listener
        channel.eventLoop.execute {
            listener.observer.connectionRefused(
                peer: channel.descriptor.flatMap(NetAddress.init(peerOf:)),
                rendezvous: listener.rendezvous,
                reason: .connectionLimit
            )
            channel.close(promise: nil)
        }
    }
}
