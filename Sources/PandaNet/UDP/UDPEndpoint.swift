import Glibc
import NIOConcurrencyHelpers
import NIOCore
import Wire

/// The sending side of a UDP socket, for any thread.
///
/// It sends past NIO, which would close the socket after most errors of a single datagram; and it has a descriptor of its
/// own for the socket, so that none of another file is ever written to.
final class UDPEndpoint: Sendable {
    private let descriptor = NIOLockedValueBox<CInt>(-1)

    deinit {
        self.close()
    }

    /// - Returns: false when the process has no descriptors left.
    func open(_ descriptor: CInt) -> Bool {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { return false }
        self.close()
        self.descriptor.withLockedValue { $0 = copy }
        return true
    }

    /// Until the next `open` nothing is sent.
    func close() {
        let old = self.descriptor.withLockedValue { descriptor in
            defer { descriptor = -1 }
            return descriptor
        }
        if old >= 0 { Glibc.close(old) }
    }

    /// Sends one datagram, or nothing: it never waits, and nothing is repeated.
    ///
    /// - Returns: whether the kernel has taken it.
    func send(_ payload: UnsafeRawBufferPointer, isRaw: Bool, to address: SocketAddress) -> Bool {
        var sum = UDPHeader.checksum(of: payload).littleEndian
        return withUnsafeMutableBytes(of: &sum) { header in
            var parts = (
                iovec(iov_base: header.baseAddress, iov_len: isRaw ? 0 : header.count),
                iovec(iov_base: UnsafeMutableRawPointer(mutating: payload.baseAddress), iov_len: payload.count)
            )
            return withUnsafeMutableBytes(of: &parts) { parts in
                var message = msghdr()
                message.msg_iov = parts.assumingMemoryBound(to: iovec.self).baseAddress
                message.msg_iovlen = 2
                return self.transmit(&message, to: address)
            }
        }
    }

    private func transmit(_ message: inout msghdr, to address: SocketAddress) -> Bool {
        address.withSockAddr { name, length in
            message.msg_name = UnsafeMutableRawPointer(mutating: name)
            message.msg_namelen = socklen_t(length)
            return self.descriptor.withLockedValue { descriptor in
                while true {
                    if sendmsg(descriptor, &message, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)) >= 0 { return true }
                    if errno != EINTR { return false }
                }
            }
        }
    }
}
