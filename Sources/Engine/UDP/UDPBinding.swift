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

    /// - Parameter isSharing: other sockets of this process, which share their port too, are in its way.
    /// - Returns: when the socket is open, or the system's error.
    func bind(port: Int, isSharing: Bool = false) -> EventLoopFuture<Void> {
        do {
            return self.opened(self.bootstrap.withBoundSocket(try self.descriptor(port: port, isSharing)))
        } catch {
            return self.socket.shard.eventLoop.makeFailedFuture(error)
        }
    }

    private func descriptor(port: Int, _ isSharing: Bool) throws(IOError) -> CInt {
        let settings = self.socket.settings
        if let inherited = settings.inherited { return try inherited.copy() }
        guard let address = ListenAddress(settings.host, isIPv6Only: settings.isIPv6Only) else {
            throw IOError(errnoCode: EINVAL, reason: "bind")
        }
        return try BoundSocket.open(.datagram, address, port: port, isSharing: isSharing)
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
