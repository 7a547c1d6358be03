import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Waits for clients on one rendezvous socket and makes each of them a connection.
public final class ConnectionListener: Sendable {
    /// Connections that one turn of the event loop accepts; NIO's own default of 4 makes a crowd wait.
    static let acceptsPerTurn: UInt = 64

    /// What the kernel may hold of one connection that was not read yet. Connections inherit it from the rendezvous socket.
    /// NIO reads all of it at once when the peer ends, so that it bounds what one peer can bring in one turn.
    static let receiveBufferBytes = 256 * 1024

    /// What the kernel may hold for one connection that does not read; Linux doubles it for its own needs. Inherited too.
    /// Left to itself Linux goes up to 4 MiB, and a thousand peers that do not read bring all TCP of the machine to the end
    /// of its memory (`net.ipv4.tcp_mem`). On a way of 100 ms this still is over a megabyte a second.
    static let sendBufferBytes = 128 * 1024

    /// What it opens, or what has become of it since.
    public var rendezvous: Rendezvous { self.terms.withLockedValue { $0 } }
    private let terms: NIOLockedValueBox<Rendezvous>
    /// What it takes clients on instead of a socket of its own.
    let inherited: InheritedDescriptor?
    /// Whether nobody is accepted at first.
    private let isHeld: Bool
    let registry: ConnectionRegistry
    let receiver: any DatagramReceiver
    let observer: any ConnectionObserver

    init(
        rendezvous: Rendezvous,
        inherited: InheritedDescriptor? = nil,
        isHeld: Bool = false,
        registry: ConnectionRegistry,
        receiver: any DatagramReceiver,
        observer: any ConnectionObserver
    ) {
        self.terms = NIOLockedValueBox(rendezvous)
        self.inherited = inherited
        self.isHeld = isHeld
        self.registry = registry
        self.receiver = receiver
        self.observer = observer
    }

    /// Clients to come get the name and header of `rendezvous`. Any thread.
    func use(_ rendezvous: Rendezvous) {
        self.terms.withLockedValue { $0 = rendezvous }
    }

    /// Opens the rendezvous socket.
    ///
    /// - Returns: the open socket, or a failure that is a `RendezvousError`.
    func bind(on group: any EventLoopGroup) -> EventLoopFuture<BoundRendezvous> {
        self.openChannel(on: group).flatMapThrowing { channel in
            guard let address = channel.localAddress.flatMap({ NetAddress($0) }) else {
                preconditionFailure("a rendezvous socket without an address")
            }
            return BoundRendezvous(rendezvous: self.rendezvous, address: address, socket: .tcp(channel, self))
        }.flatMapErrorThrowing { error in
            throw RendezvousError(rendezvous: self.rendezvous, cause: error)
        }
    }

    private func openChannel(on group: any EventLoopGroup) -> EventLoopFuture<any Channel> {
        if let inherited { return self.take(inherited, on: group) }
        return self.rendezvous.host.map { self.bind(on: group, to: $0) } ?? self.bindEverywhere(on: group)
    }

    private func take(_ inherited: InheritedDescriptor, on group: any EventLoopGroup) -> EventLoopFuture<any Channel> {
        do {
            return self.bootstrap(on: group).withBoundSocket(try inherited.copy()).flatMapThrowing { channel in
                // NIO let the socket listen with a backlog of 128, whatever the channel's option says.
                guard let descriptor = channel.descriptor, listen(descriptor, CInt(self.rendezvous.backlog)) == 0 else {
                    channel.close(promise: nil)
                    throw IOError(errnoCode: errno, reason: "listen")
                }
                return channel
            }
        } catch {
            return group.next().makeFailedFuture(error)
        }
    }

    /// Every interface, IPv6 and IPv4 (NIO switches IPV6_V6ONLY off); IPv4 alone on a host that has no IPv6.
    private func bindEverywhere(on group: any EventLoopGroup) -> EventLoopFuture<any Channel> {
        self.bind(on: group, to: "::").flatMapError { error in
            guard let code = (error as? IOError)?.errnoCode, code == EAFNOSUPPORT || code == EADDRNOTAVAIL else {
                return group.next().makeFailedFuture(error)
            }
            return self.bind(on: group, to: "0.0.0.0")
        }
    }

    private func bind(on group: any EventLoopGroup, to host: String) -> EventLoopFuture<any Channel> {
        self.bootstrap(on: group).bind(host: host, port: self.rendezvous.port)
    }

    private func bootstrap(on group: any EventLoopGroup) -> ServerBootstrap {
        let shards = Dictionary(uniqueKeysWithValues: self.registry.shards.map { (ObjectIdentifier($0.eventLoop), $0) })
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: CInt(self.rendezvous.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(.so_rcvbuf), value: Self.receiveBufferBytes)
            .serverChannelOption(.socketOption(.so_sndbuf), value: Self.sendBufferBytes)
            .serverChannelOption(.maxMessagesPerRead, value: Self.acceptsPerTurn)
            .serverChannelOption(.autoRead, value: !self.isHeld)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptErrorHandler(listener: self))
                    try channel.pipeline.syncOperations.addHandler(AdmissionHandler(listener: self))
                }
            }
            .childChannelInitializer { channel in
                guard let shard = shards[ObjectIdentifier(channel.eventLoop)] else {
                    preconditionFailure("a connection on an event loop without a shard")
                }
                return channel.eventLoop.makeCompletedFuture { try self.prepare(channel, shard: shard) }
            }
    }

    private func prepare(_ channel: any Channel, shard: Shard) throws {
        let rendezvous = self.rendezvous
        let origin = ConnectionOrigin(
            rendezvous: rendezvous,
            registry: self.registry,
            receiver: self.receiver,
            observer: self.observer
        )
        try origin.prepare(channel, header: rendezvous.header, shard: shard)
    }
}
