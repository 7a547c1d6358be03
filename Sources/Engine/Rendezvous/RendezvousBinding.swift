import Glibc
import NIOCore
import NIOPosix

/// Binds NIO's channel under a rendezvous socket.
struct RendezvousBinding {
    let socket: RendezvousSocket

    private var eventLoop: any EventLoop { self.socket.eventLoop }
    private var listener: ConnectionListener { self.socket.listener }

    /// Opens a socket on this port of the rendezvous's address.
    ///
    /// - Parameter isSharing: other sockets of this process, which share their port too, are in its way.
    func bind(port: Int, isSharing: Bool = false) -> EventLoopFuture<Void> {
        do {
            guard let address = self.listener.rendezvous.listenAddress else {
                throw IOError(errnoCode: EINVAL, reason: "bind")
            }
            return self.take(try BoundSocket.open(.stream, address, port: port, isSharing: isSharing))
        } catch {
            return self.eventLoop.makeFailedFuture(error)
        }
    }

    /// Opens a copy of a socket that listens already.
    func take(_ kept: InheritedDescriptor) -> EventLoopFuture<Void> {
        do {
            return self.take(try kept.copy())
        } catch {
            return self.eventLoop.makeFailedFuture(error)
        }
    }

    private func take(_ descriptor: CInt) -> EventLoopFuture<Void> {
        self.opened(self.bootstrap.withBoundSocket(descriptor)).flatMapThrowing {
            // NIO let the socket listen with a backlog of 128, whatever the channel's option says.
            guard self.socket.useBacklog() else { throw IOError(errnoCode: errno, reason: "listen") }
        }
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
