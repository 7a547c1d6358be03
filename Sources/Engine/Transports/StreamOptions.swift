import CLinux
import Glibc

/// The socket options of the engine's TCP sockets.
enum StreamOptions {
    /// The kernel's receive buffer for one connection.
    ///
    /// It also limits how much a peer can deliver just before it closes.
    static let receiveBufferBytes = 256 * 1024

    /// The kernel's send buffer for one accepted connection. Linux doubles this value for its own needs.
    ///
    /// By default Linux grows the buffer up to 4 MiB. A thousand peers that do not read would then exhaust the TCP
    /// memory of the whole machine (`net.ipv4.tcp_mem`). At a round trip of 100 ms this size still permits over a
    /// megabyte per second.
    static let sendBufferBytes = 128 * 1024

    /// Sets the options of a socket before it connects.
    static func useForClient(_ descriptor: CInt) throws(SystemError) {
        try Self.set(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
        try Self.set(descriptor, SOL_SOCKET, SO_RCVBUF, Self.receiveBufferBytes)
    }

    /// Sets the options of a socket before it listens. Accepted sockets inherit them.
    static func useForListener(_ descriptor: CInt) throws(SystemError) {
        try Self.useForClient(descriptor)
        try Self.set(descriptor, SOL_SOCKET, SO_SNDBUF, Self.sendBufferBytes)
    }

    private static func set(_ descriptor: CInt, _ level: CInt, _ name: CInt, _ value: Int) throws(SystemError) {
        var value = CInt(value)
        let size = socklen_t(MemoryLayout<CInt>.size)
        try SystemError.check(setsockopt(descriptor, level, name, &value, size), "setsockopt")
    }
}
