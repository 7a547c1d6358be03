import CLinux
import Glibc

/// What the engine asks of its TCP sockets.
enum StreamOptions {
    /// What the kernel may hold of one connection that was not read yet; it bounds what one peer can bring at its end, too.
    static let receiveBufferBytes = 256 * 1024

    /// What the kernel may hold for one connection that does not read; Linux doubles it for its own needs. Left to itself
    /// Linux goes up to 4 MiB, and a thousand peers that do not read bring all TCP of the machine to the end of its memory
    /// (`net.ipv4.tcp_mem`). On a way of 100 ms this still is over a megabyte a second.
    static let sendBufferBytes = 128 * 1024

    /// Of a socket that is going to connect.
    static func useForClient(_ descriptor: CInt) throws(SystemError) {
        try Self.set(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
        try Self.set(descriptor, SOL_SOCKET, SO_RCVBUF, Self.receiveBufferBytes)
    }

    /// Of a socket that is going to listen; the sockets that it accepts inherit them.
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
