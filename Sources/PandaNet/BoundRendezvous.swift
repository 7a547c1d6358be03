import NIOCore

/// An open rendezvous socket.
public struct BoundRendezvous: Sendable {
    public let rendezvous: Rendezvous
    /// Where it really is: with the port that the system chose when none was asked for.
    public let address: NetAddress
    let channel: any Channel

    /// Takes no more clients. Those that are connected stay.
    func close() -> EventLoopFuture<Void> {
        // Closed already is closed too.
        self.channel.close().recover { _ in }
    }
}
