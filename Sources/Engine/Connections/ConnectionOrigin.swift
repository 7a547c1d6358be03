import Wire

/// Where connections come from, and what they start with. One object for all of them, so that each has no more than a reference.
// @unchecked: each of `services` belongs to the event loop of its number.
final class ConnectionOrigin: @unchecked Sendable {
    /// The rendezvous that it came through; nil when this program connected.
    let rendezvous: Rendezvous?
    /// Which rendezvous socket that is, however often its name changes; 0 when this program connected.
    let listenerNumber: Int
    let registry: ConnectionRegistry
    let provider: any ServiceProvider
    let observers: [any ConnectionObserver]
    private let services: [any Service]

    /// Of another rendezvous socket than every origin before, where there is one.
    init(
        rendezvous: Rendezvous?,
        registry: ConnectionRegistry,
        service provider: any ServiceProvider,
        observers: [any ConnectionObserver]
    ) {
        self.rendezvous = rendezvous
        self.listenerNumber = rendezvous == nil ? 0 : registry.nextListenerNumber()
        self.registry = registry
        self.provider = provider
        self.observers = observers
        self.services = registry.shards.map { provider.makeService(eventLoopIndex: $0.index) }
    }

    private init(_ other: ConnectionOrigin, serving rendezvous: Rendezvous) {
        self.rendezvous = rendezvous
        self.listenerNumber = other.listenerNumber
        self.registry = other.registry
        self.provider = other.provider
        self.observers = other.observers
        self.services = other.services
    }

    /// The same socket as another rendezvous.
    func serving(_ rendezvous: Rendezvous) -> ConnectionOrigin { ConnectionOrigin(self, serving: rendezvous) }

    /// The service of one event loop, to be called there.
    func service(on shard: Shard) -> any Service { self.services[shard.index] }
}
