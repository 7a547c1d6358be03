import NIOCore
import Wire

/// Where connections come from, and what they start with. One object for all of them, so that each has no more than a reference.
final class ConnectionOrigin: Sendable {
    /// The rendezvous that it came through; nil when this program connected.
    let rendezvous: Rendezvous?
    let registry: ConnectionRegistry
    let receiver: any DatagramReceiver
    let observer: any ConnectionObserver

    init(
        rendezvous: Rendezvous?,
        registry: ConnectionRegistry,
        receiver: any DatagramReceiver,
        observer: any ConnectionObserver
    ) {
        self.rendezvous = rendezvous
        self.registry = registry
        self.receiver = receiver
        self.observer = observer
    }
}

extension ConnectionOrigin {
    /// Makes a channel that is not active yet a connection of `shard`. On its event loop.
    @discardableResult
    func prepare(_ channel: any Channel, header: TCPHeader, shard: Shard) throws -> ConnectionChannelHandler {
        let handler = ConnectionChannelHandler(origin: self, header: header, shard: shard)
        try channel.syncOptions?.setOption(.recvAllocator, value: SharedReceiveAllocator(shard.receiveBuffer))
        try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
        try channel.pipeline.syncOperations.addHandler(handler)
        return handler
    }
}
