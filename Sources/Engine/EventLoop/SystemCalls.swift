import CLinux
import Glibc

/// The system calls that move data and accept clients. They never block.
///
/// Tests substitute a subclass whose calls fail in a chosen sequence. Each call is therefore a method, and a failed
/// call returns its negated error number.
class SystemCalls: @unchecked Sendable {
    static let real = SystemCalls()

    /// Accepts a client. The new socket is non-blocking.
    ///
    /// - Parameters:
    ///   - address: is filled with the peer's address.
    ///   - length: the size of the memory at `address`; afterwards the length of the address.
    func accept(
        _ listener: CInt,
        _ address: UnsafeMutablePointer<sockaddr_storage>,
        _ length: UnsafeMutablePointer<socklen_t>
    ) -> CInt {
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            let result = accept4(listener, $0, length, CInt(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
            return result >= 0 ? result : -errno
        }
    }

    func receive(_ descriptor: CInt, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, CInt(MSG_DONTWAIT))
        return count >= 0 ? count : -Int(errno)
    }

    func send(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
        let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL))
        return count >= 0 ? count : -Int(errno)
    }

    /// Sends several parts with one call.
    func send(_ descriptor: CInt, parts: UnsafeMutableBufferPointer<iovec>) -> Int {
        var message = msghdr()
        message.msg_iov = parts.baseAddress
        message.msg_iovlen = parts.count
        let count = sendmsg(descriptor, &message, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL))
        return count >= 0 ? count : -Int(errno)
    }

    /// - Returns: the number of received datagrams.
    func receive(_ descriptor: CInt, datagrams: UnsafeMutableBufferPointer<mmsghdr>) -> Int {
        let count = recvmmsg(descriptor, datagrams.baseAddress, UInt32(datagrams.count), CInt(MSG_DONTWAIT), nil)
        return count >= 0 ? Int(count) : -Int(errno)
    }

    /// - Returns: the number of sent datagrams.
    func send(_ descriptor: CInt, datagrams: UnsafeMutableBufferPointer<mmsghdr>) -> Int {
        let count = sendmmsg(descriptor, datagrams.baseAddress, UInt32(datagrams.count), CInt(MSG_DONTWAIT))
        return count >= 0 ? Int(count) : -Int(errno)
    }
}
