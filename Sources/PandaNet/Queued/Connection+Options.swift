import Glibc
import NIOCore
import NIOPosix

/// Options of the socket, as on Panda3D's `Connection` (`connection.cxx`), where some are stubs. Any thread.
///
/// Each is set on the connection's event loop, after what this thread handed over before. The future fails with the system's
/// error, or when the connection has ended; whoever does not care ignores it.
extension Connection {
    /// Sends small datagrams at once, without waiting for acknowledgements of earlier ones. On from the start.
    @discardableResult
    public func setNoDelay(_ isOn: Bool) -> EventLoopFuture<Void> {
        self.set(level: .tcp, .tcp_nodelay, isOn ? 1 : 0)
    }

    /// Lets the system probe a silent peer, by default after two hours.
    @discardableResult
    public func setKeepAlive(_ isOn: Bool) -> EventLoopFuture<Void> {
        self.set(level: .socket, .so_keepalive, isOn ? 1 : 0)
    }

    /// Bytes of the system's buffer for what comes. Linux doubles it for its own needs, and cuts it at `net.core.rmem_max`.
    @discardableResult
    public func setRecvBufferSize(_ bytes: Int) -> EventLoopFuture<Void> {
        self.set(level: .socket, .so_rcvbuf, bytes)
    }

    /// Bytes of the system's buffer for what leaves. Linux doubles it for its own needs, and cuts it at `net.core.wmem_max`.
    @discardableResult
    public func setSendBufferSize(_ bytes: Int) -> EventLoopFuture<Void> {
        self.set(level: .socket, .so_sndbuf, bytes)
    }

    /// How long the system goes on sending after the socket was closed, in whole seconds, rounded up. nil, the default, leaves
    /// it to the system; with zero the close is a reset. `closeConnection` closes the socket after all that waits here was
    /// given to the system and this side was shut.
    @discardableResult
    public func setLinger(_ time: Duration?) -> EventLoopFuture<Void> {
        let (seconds, attoseconds) = max(time ?? .zero, .zero).components
        let wholeSeconds = CInt(clamping: attoseconds > 0 ? seconds + 1 : seconds)
        let isOn: CInt = time == nil ? 0 : 1
        return self.withChannel { channel in
            guard let provider = channel as? any SocketOptionProvider else { throw ChannelError.operationUnsupported }
            return provider.setSoLinger(linger(l_onoff: isOn, l_linger: wholeSeconds))
        }
    }

    /// Routers that a packet may pass, 1…255; 64 from the start.
    @discardableResult
    public func setIpTimeToLive(_ hops: Int) -> EventLoopFuture<Void> {
        self.isIPv6
            ? self.set(level: .ipv6, NIOBSDSocket.Option(rawValue: CInt(IPV6_UNICAST_HOPS)), hops)
            : self.set(level: .ip, NIOBSDSocket.Option(rawValue: CInt(IP_TTL)), hops)
    }

    /// The type of service, or traffic class, of each packet, 0…255; 0 from the start. Linux sets the two lowest bits itself.
    @discardableResult
    public func setIpTypeOfService(_ value: Int) -> EventLoopFuture<Void> {
        self.isIPv6
            ? self.set(level: .ipv6, NIOBSDSocket.Option(rawValue: CInt(IPV6_TCLASS)), value)
            : self.set(level: .ip, NIOBSDSocket.Option(rawValue: CInt(IP_TOS)), value)
    }

    /// Whether another socket may take this one's local address. On from the start for those that came through a rendezvous.
    @discardableResult
    public func setReuseAddr(_ isOn: Bool) -> EventLoopFuture<Void> {
        self.set(level: .socket, .so_reuseaddr, isOn ? 1 : 0)
    }

    /// Bytes of payload in one packet, 88…32,767.
    @discardableResult
    public func setMaxSegment(_ bytes: Int) -> EventLoopFuture<Void> {
        self.set(level: .tcp, NIOBSDSocket.Option(rawValue: CInt(TCP_MAXSEG)), bytes)
    }

    private var isIPv6: Bool { self.peer.host.contains(":") }

    private func set(
        level: NIOBSDSocket.OptionLevel,
        _ name: NIOBSDSocket.Option,
        _ value: Int
    ) -> EventLoopFuture<Void> {
        let option = ChannelOptions.Types.SocketOption(level: level, name: name)
        return self.withChannel { $0.setOption(option, value: SocketOptionValue(value)) }
    }

    private func withChannel(
        _ body: @escaping @Sendable (any Channel) throws -> EventLoopFuture<Void>
    ) -> EventLoopFuture<Void> {
        let loop = self.shard.eventLoop
        // The event loop of one that has ended may have ended too.
        if self.link?.isOpen == false { return loop.makeFailedFuture(ChannelError.ioOnClosedChannel) }
        return self.shard.pipe.flatSubmit {
            do {
                guard let channel = self.context?.channel else { throw ChannelError.ioOnClosedChannel }
                return try body(channel)
            } catch {
                return loop.makeFailedFuture(error)
            }
        }
    }
}
