import Wire

/// The source of connections: a listener, or this program itself, with the service and observers of these connections.
///
/// One object is shared by all connections of a source. Each connection stores only a reference.
// @unchecked: each of `services` belongs to the event loop with its index.
final class ConnectionOrigin: @unchecked Sendable {
    /// The rendezvous that accepts the connections; nil if this program connects.
    let rendezvous: Rendezvous?
    /// A number that identifies the listener even if its name changes; 0 if this program connects.
    let listenerNumber: Int
    let roster: Roster
    let provider: any ServiceProvider
    let observers: [any ConnectionObserver]
    private let services: [any Service]

    /// Makes a source. A rendezvous gets a new listener number.
    init(
        rendezvous: Rendezvous?,
        roster: Roster,
        service provider: any ServiceProvider,
        observers: [any ConnectionObserver]
    ) {
        self.rendezvous = rendezvous
        self.listenerNumber = rendezvous == nil ? 0 : roster.nextListenerNumber()
        self.roster = roster
        self.provider = provider
        self.observers = observers
        self.services = (0..<roster.eventLoopCount).map { provider.makeService(eventLoopIndex: $0) }
    }

    private init(_ other: ConnectionOrigin, serving rendezvous: Rendezvous) {
        self.rendezvous = rendezvous
        self.listenerNumber = other.listenerNumber
        self.roster = other.roster
        self.provider = other.provider
        self.observers = other.observers
        self.services = other.services
    }

    /// Returns the same listener with a changed rendezvous.
    func serving(_ rendezvous: Rendezvous) -> ConnectionOrigin { ConnectionOrigin(self, serving: rendezvous) }

    /// The service of one event loop. Call it only on that loop.
    func service(onLoop index: Int) -> any Service { self.services[index] }
}
