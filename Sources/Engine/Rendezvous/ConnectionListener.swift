import NIOConcurrencyHelpers
import NIOCore

/// Makes each client of one rendezvous socket a connection.
public final class ConnectionListener: Sendable {
    /// What the kernel may hold of one connection that was not read yet. Connections inherit it from the rendezvous socket.
    /// NIO reads all of it at once when the peer ends, so that it bounds what one peer can bring in one turn.
    static let receiveBufferBytes = 256 * 1024

    /// What the kernel may hold for one connection that does not read; Linux doubles it for its own needs. Inherited too.
    /// Left to itself Linux goes up to 4 MiB, and a thousand peers that do not read bring all TCP of the machine to the end
    /// of its memory (`net.ipv4.tcp_mem`). On a way of 100 ms this still is over a megabyte a second.
    static let sendBufferBytes = 128 * 1024

    /// What it opens, or what has become of it since.
    public var rendezvous: Rendezvous { self.terms.withLockedValue { $0.rendezvous } }
    /// `ConnectionOrigin.listenerNumber`.
    var number: Int { self.terms.withLockedValue { $0.origin.listenerNumber } }
    private let terms: NIOLockedValueBox<Terms>
    let registry: ConnectionRegistry
    let receiver: any DatagramReceiver
    let observer: any ConnectionObserver

    /// What clients to come get.
    private struct Terms {
        let rendezvous: Rendezvous
        let origin: ConnectionOrigin
    }

    init(
        rendezvous: Rendezvous,
        registry: ConnectionRegistry,
        receiver: any DatagramReceiver,
        observer: any ConnectionObserver
    ) {
        self.registry = registry
        self.receiver = receiver
        self.observer = observer
        let origin = ConnectionOrigin(
            rendezvous: rendezvous,
            registry: registry,
            receiver: receiver,
            observer: observer
        )
        self.terms = NIOLockedValueBox(Terms(rendezvous: rendezvous, origin: origin))
    }

    /// Clients to come get the name and header of `rendezvous`. Any thread.
    func use(_ rendezvous: Rendezvous) {
        self.terms.withLockedValue { $0 = Terms(rendezvous: rendezvous, origin: $0.origin.serving(rendezvous)) }
    }

    /// Makes an accepted channel a connection of `shard`. On its event loop.
    func prepare(_ channel: any Channel, shard: Shard) throws {
        let terms = self.terms.withLockedValue { $0 }
        try terms.origin.prepare(channel, header: terms.rendezvous.header, shard: shard)
    }
}
