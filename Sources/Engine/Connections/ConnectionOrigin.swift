import NIOCore
import Wire

/// Where connections come from, and what they start with. One object for all of them, so that each has no more than a reference.
final class ConnectionOrigin: Sendable {
    /// The rendezvous that it came through; nil when this program connected.
    let rendezvous: Rendezvous?
    /// Which rendezvous socket that is, however often its name changes; 0 when this program connected.
    let listenerNumber: Int
    let registry: ConnectionRegistry
    let receiver: any DatagramReceiver
    let observer: any ConnectionObserver

    /// Of another rendezvous socket than every origin before, where there is one.
    convenience init(
        rendezvous: Rendezvous?,
        registry: ConnectionRegistry,
        receiver: any DatagramReceiver,
        observer: any ConnectionObserver
    ) {
        self.init(
            rendezvous: rendezvous,
            listenerNumber: rendezvous == nil ? 0 : registry.nextListenerNumber(),
            registry: registry,
            receiver: receiver,
            observer: observer
        )
    }

    private init(
        rendezvous: Rendezvous?,
        listenerNumber: Int,
        registry: ConnectionRegistry,
        receiver: any DatagramReceiver,
        observer: any ConnectionObserver
    ) {
        self.rendezvous = rendezvous
        self.listenerNumber = listenerNumber
        self.registry = registry
        self.receiver = receiver
        self.observer = observer
    }

    /// The same socket as another rendezvous.
    func serving(_ rendezvous: Rendezvous) -> ConnectionOrigin {
        ConnectionOrigin(
            rendezvous: rendezvous,
            listenerNumber: self.listenerNumber,
            registry: self.registry,
            receiver: self.receiver,
            observer: self.observer
        )
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
