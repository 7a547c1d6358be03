/// Where a connection comes from, and what it starts with.
struct ConnectionOrigin: Sendable {
    /// The rendezvous that it came through; nil when this program connected.
    let rendezvous: Rendezvous?
    let registry: ConnectionRegistry
    let receiver: any DatagramReceiver
    let observer: any ConnectionObserver
}
