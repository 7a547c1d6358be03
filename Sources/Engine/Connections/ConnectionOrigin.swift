import Wire

/// Where connections come from, and what they start with. One object for all of them, so that each has no more than a reference.
// @unchecked: each of `services` belongs to the event loop of its number.
final class ConnectionOrigin: @unchecked Sendable {
    /// The rendezvous that it came through; nil when this program connected.
    let rendezvous: Rendezvous?
    /// Which rendezvous socket that is, however often its name changes; 0 when this program connected.
    let listenerNumber: Int
    let roster: Roster
    let provider: any ServiceProvider
    let observers: [any ConnectionObserver]
    private let services: [any Service]

    /// Of another rendezvous socket than every origin before, where there is one.
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

    /// The same socket as another rendezvous.
    func serving(_ rendezvous: Rendezvous) -> ConnectionOrigin { ConnectionOrigin(self, serving: rendezvous) }

    /// The service of one event loop, to be called there.
    func service(onLoop index: Int) -> any Service { self.services[index] }
}
