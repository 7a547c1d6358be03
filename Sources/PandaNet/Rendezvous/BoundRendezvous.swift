import NIOCore

/// An open rendezvous socket.
public struct BoundRendezvous: Sendable {
    /// What was asked for.
    public private(set) var rendezvous: Rendezvous
    /// Where it really is: with the port that the system chose when none was asked for.
    public let address: NetAddress
    let socket: Socket

    enum Socket: Sendable {
        case tcp(any Channel, ConnectionListener)
        case udp(UDPListener)
    }

    /// Tells it from every other that is open.
    var id: ObjectIdentifier {
        switch self.socket {
        case .tcp(let channel, _): ObjectIdentifier(channel)
        case .udp(let listener): ObjectIdentifier(listener)
        }
    }

    /// Lets TCP clients wait with the system, or accepts them again. UDP has none that wait.
    func setAccepting(_ isOn: Bool) {
        guard case .tcp(let channel, _) = self.socket else { return }
        // It fails on a closed socket only, which accepts nobody anyway.
        channel.setOption(.autoRead, value: isOn).whenFailure { _ in }
    }

    /// Ends what `isHeld` began when it was opened, or `hold` did.
    func accept() -> EventLoopFuture<Void> {
        switch self.socket {
        // It fails on a closed socket only, which accepts nobody anyway.
        case .tcp(let channel, _): channel.setOption(.autoRead, value: true).recover { _ in }
        case .udp(let listener): listener.accept()
        }
    }

    /// Takes no more clients. Those that are connected stay.
    func close() -> EventLoopFuture<Void> {
        switch self.socket {
        // Closed already is closed too.
        case .tcp(let channel, _): channel.close().recover { _ in }
        case .udp(let listener): listener.close()
        }
    }

    /// The same socket with another name, backlog and header, for connections to come; to be put in force by a
    /// `ManagerUpdate`. Nothing else may differ.
    public func becoming(_ rendezvous: Rendezvous) -> BoundRendezvous {
        var other = self
        other.rendezvous = rendezvous
        return other
    }
}
