import Glibc
import NIOCore
import NIOPosix

/// Binds NIO's channel under a rendezvous socket.
struct RendezvousBinding {
    let socket: RendezvousSocket

    private var eventLoop: any EventLoop { self.socket.eventLoop }
    private var listener: ConnectionListener { self.socket.listener }

    /// Opens a socket on this port of the rendezvous's address.
    func bind(port: Int) -> EventLoopFuture<Void> {
        if let host = self.listener.rendezvous.host { return self.bind(host: host, port: port) }
        // Every interface, IPv6 and IPv4 (NIO switches IPV6_V6ONLY off); IPv4 alone on a host that has no IPv6.
        return self.bind(host: "::", port: port).flatMapError { error in
            guard let code = (error as? IOError)?.errnoCode, code == EAFNOSUPPORT || code == EADDRNOTAVAIL else {
                return self.eventLoop.makeFailedFuture(error)
            }
            return self.bind(host: "0.0.0.0", port: port)
        }
    }

    /// Opens a copy of a socket that listens already.
    func take(_ kept: InheritedDescriptor) -> EventLoopFuture<Void> {
        do {
            return self.opened(self.bootstrap.withBoundSocket(try kept.copy())).flatMapThrowing {
                // NIO let the socket listen with a backlog of 128, whatever the channel's option says.
                guard self.socket.useBacklog() else { throw IOError(errnoCode: errno, reason: "listen") }
            }
        } catch {
            return self.eventLoop.makeFailedFuture(error)
        }
    }

    private func bind(host: String, port: Int) -> EventLoopFuture<Void> {
        self.opened(self.bootstrap.bind(host: host, port: port))
    }

    private func opened(_ channel: EventLoopFuture<any Channel>) -> EventLoopFuture<Void> {
        channel.flatMapThrowing { channel in
            // It was closed again as soon as it was open.
            guard channel.isActive else { throw ChannelError.ioOnClosedChannel }
        }
    }

    private var bootstrap: ServerBootstrap {
        let (socket, listener) = (self.socket, self.listener)
        let shards = Dictionary(
            uniqueKeysWithValues: listener.registry.shards.map { (ObjectIdentifier($0.eventLoop), $0) }
        )
        return ServerBootstrap(group: self.eventLoop, childGroup: socket.group)
            .serverChannelOption(.backlog, value: CInt(listener.rendezvous.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(.so_rcvbuf), value: ConnectionListener.receiveBufferBytes)
            .serverChannelOption(.socketOption(.so_sndbuf), value: ConnectionListener.sendBufferBytes)
            .serverChannelOption(.autoRead, value: false)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(RendezvousChannelHandler(socket))
                }
            }
            .childChannelInitializer { channel in
                guard let shard = shards[ObjectIdentifier(channel.eventLoop)] else {
                    preconditionFailure("a connection on an event loop without a shard")
                }
                return channel.eventLoop.makeCompletedFuture { try listener.prepare(channel, shard: shard) }
            }
    }
}
