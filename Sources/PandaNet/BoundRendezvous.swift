import NIOCore

/// An open rendezvous socket.
public struct BoundRendezvous: Sendable {
    public let rendezvous: Rendezvous
    /// Where it really is: with the port that the system chose when none was asked for.
    public let address: NetAddress
    let socket: Socket

    enum Socket: Sendable {
        case tcp(any Channel)
        case udp(UDPListener)
    }

    /// Takes no more clients. Those that are connected stay.
    func close() -> EventLoopFuture<Void> {
        switch self.socket {
        // Closed already is closed too.
        case .tcp(let channel): channel.close().recover { _ in }
        case .udp(let listener): listener.close()
        }
    }
}
