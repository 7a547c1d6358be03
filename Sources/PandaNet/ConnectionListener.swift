import Glibc
import NIOCore
import NIOPosix

/// Waits for clients on one rendezvous socket and makes each of them a connection.
public final class ConnectionListener: Sendable {
    /// Connections that one turn of the event loop accepts; NIO's own default of 4 makes a crowd wait.
    static let acceptsPerTurn: UInt = 64

    public let rendezvous: Rendezvous
    let registry: ConnectionRegistry
    let receiver: any DatagramReceiver
    let observer: any ConnectionObserver

    init(
        rendezvous: Rendezvous,
        registry: ConnectionRegistry,
        receiver: any DatagramReceiver,
        observer: any ConnectionObserver
    ) {
        self.rendezvous = rendezvous
        self.registry = registry
        self.receiver = receiver
        self.observer = observer
    }

    /// Opens the rendezvous socket.
    ///
    /// - Throws: `RendezvousError`.
    func bind(on group: any EventLoopGroup) async throws(RendezvousError) -> BoundRendezvous {
        let bootstrap = self.bootstrap(on: group)
        do {
            guard let host = self.rendezvous.host else { return try await self.bindEverywhere(bootstrap) }
            return try await self.bound(bootstrap, host: host)
        } catch {
            throw RendezvousError(rendezvous: self.rendezvous, cause: error)
        }
    }

    /// Every interface, IPv6 and IPv4; IPv4 alone on a host that has no IPv6.
    private func bindEverywhere(_ bootstrap: ServerBootstrap) async throws -> BoundRendezvous {
        do {
            let dualStack = bootstrap.serverChannelOption(.socket(IPPROTO_IPV6, IPV6_V6ONLY), value: 0)
            return try await self.bound(dualStack, host: "::")
        } catch let error as IOError where error.errnoCode == EAFNOSUPPORT || error.errnoCode == EADDRNOTAVAIL {
            return try await self.bound(bootstrap, host: "0.0.0.0")
        }
    }

    private func bound(_ bootstrap: ServerBootstrap, host: String) async throws -> BoundRendezvous {
        let channel = try await bootstrap.bind(to: SocketAddress(ipAddress: host, port: self.rendezvous.port)).get()
        guard let address = channel.localAddress.flatMap({ NetAddress($0) }) else {
            preconditionFailure("a rendezvous socket without an address")
        }
        return BoundRendezvous(rendezvous: self.rendezvous, address: address, channel: channel)
    }

    private func bootstrap(on group: any EventLoopGroup) -> ServerBootstrap {
        let shards = Dictionary(uniqueKeysWithValues: self.registry.shards.map { (ObjectIdentifier($0.eventLoop), $0) })
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: CInt(self.rendezvous.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: Self.acceptsPerTurn)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler())
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
        let operations = channel.pipeline.syncOperations
        do {
            try channel.syncOptions?.setOption(.recvAllocator, value: SharedReceiveAllocator(shard.receiveBuffer))
            try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
            try operations.addHandler(ConnectionChannelHandler(listener: self, shard: shard))
        } catch {
            self.registry.release()
            throw error
        }
    }
}

/// Stands before NIO's own accept handler and lets no more connections pass than the registry has places for.
private final class AdmissionHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private let listener: ConnectionListener

    init(listener: ConnectionListener) {
        self.listener = listener
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.listener.registry.admit() else { return context.fireChannelRead(data) }
        let channel = self.unwrapInboundIn(data)
        let listener = self.listener
        channel.eventLoop.execute {
            listener.observer.connectionRefused(
                peer: channel.descriptor.flatMap(NetAddress.init(peerOf:)),
                rendezvous: listener.rendezvous,
                reason: .connectionLimit
            )
            channel.close(promise: nil)
        }
    }
}
