import Glibc
import NIOCore
import NIOPosix

/// Binds NIO's channel under a UDP socket.
struct UDPBinding {
    /// What one read may bring. More than any datagram that is taken, so that a longer one shows.
    static let receiveBufferBytes = 2048
    /// Datagrams that one turn of the event loop takes from a socket.
    static let datagramsPerTurn: UInt = 64

    let socket: UDPSocket

    /// - Returns: when the socket is open, or the system's error.
    func bind(port: Int) -> EventLoopFuture<Void> {
        if let inherited = self.socket.settings.inherited { return self.take(inherited) }
        if let host = self.socket.settings.host { return self.bind(host: host, port: port) }
        let eventLoop = self.socket.shard.eventLoop
        // Every interface, IPv6 and IPv4 (NIO switches IPV6_V6ONLY off); IPv4 alone on a host that has no IPv6.
        return self.bind(host: "::", port: port).flatMapError { error in
            guard let code = (error as? IOError)?.errnoCode, code == EAFNOSUPPORT || code == EADDRNOTAVAIL else {
                return eventLoop.makeFailedFuture(error)
            }
            return self.bind(host: "0.0.0.0", port: port)
        }
    }

    private func take(_ inherited: InheritedDescriptor) -> EventLoopFuture<Void> {
        do {
            return self.opened(self.bootstrap.withBoundSocket(try inherited.copy()))
        } catch {
            return self.socket.shard.eventLoop.makeFailedFuture(error)
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

    private var bootstrap: DatagramBootstrap {
        let socket = self.socket
        return DatagramBootstrap(group: socket.shard.eventLoop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.receiveBufferBytes))
            .channelOption(.maxMessagesPerRead, value: Self.datagramsPerTurn)
            .channelOption(.socketOption(.so_broadcast), value: socket.settings.isForBroadcast ? 1 : 0)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(UDPChannelHandler(socket))
                }
            }
    }
}
