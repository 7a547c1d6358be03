import CLinux
import Glibc

/// The system calls that move data and accept clients. Tests put others in their place, which fail in a sequence of their
/// own; so each is a method, and its result holds the error number.
///
/// Every result is that of the call, or the error number as a negative number. None of them waits.
class SystemCalls: @unchecked Sendable {
    static let real = SystemCalls()

    /// - Parameters:
    ///   - address: gets the peer's address.
    ///   - length: of the room at `address`, then of the address.
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

    /// Sends the parts one behind the other.
    func send(_ descriptor: CInt, parts: UnsafeMutableBufferPointer<iovec>) -> Int {
        var message = msghdr()
        message.msg_iov = parts.baseAddress
        message.msg_iovlen = parts.count
        let count = sendmsg(descriptor, &message, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL))
        return count >= 0 ? count : -Int(errno)
    }

    /// - Returns: how many of the datagrams were received.
    func receive(_ descriptor: CInt, datagrams: UnsafeMutableBufferPointer<mmsghdr>) -> Int {
        let count = recvmmsg(descriptor, datagrams.baseAddress, UInt32(datagrams.count), CInt(MSG_DONTWAIT), nil)
        return count >= 0 ? Int(count) : -Int(errno)
    }

    /// - Returns: how many of the datagrams were sent.
    func send(_ descriptor: CInt, datagrams: UnsafeMutableBufferPointer<mmsghdr>) -> Int {
        let count = sendmmsg(descriptor, datagrams.baseAddress, UInt32(datagrams.count), CInt(MSG_DONTWAIT))
        return count >= 0 ? Int(count) : -Int(errno)
    }
}
