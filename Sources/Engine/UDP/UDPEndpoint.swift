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
    /// - Parameter local: the address that it leaves from; nil where the system chooses.
    /// - Returns: 0 when the kernel has taken it; otherwise the error number.
    func send(
        _ payload: UnsafeRawBufferPointer,
        isRaw: Bool,
        to address: SocketAddress,
        from local: LocalAddress? = nil
    ) -> CInt {
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
                guard let local else { return self.transmit(&message, to: address) }
                return withUnsafeTemporaryAllocation(byteCount: LocalAddress.controlBytesMax, alignment: 8) { control in
                    message.msg_controllen = local.writeControl(to: control)
                    message.msg_control = control.baseAddress
                    return self.transmit(&message, to: address)
                }
            }
        }
    }

    private func transmit(_ message: inout msghdr, to address: SocketAddress) -> CInt {
        address.withSockAddr { name, length in
            message.msg_name = UnsafeMutableRawPointer(mutating: name)
            message.msg_namelen = socklen_t(length)
            return self.descriptor.withLockedValue { descriptor in
                while true {
                    if sendmsg(descriptor, &message, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)) >= 0 { return 0 }
                    if errno != EINTR { return errno }
                }
            }
        }
    }
}

// MARK: - What the kernel holds and drops

extension UDPEndpoint {
    /// Linux counts its own overhead too, and says double (socket(7) SO_RCVBUF).
    private static let overhead = 2
    /// The most that Linux sets, whatever it is asked for.
    static let receiveBufferBytesMax = Int(CInt.max / 2)

    /// Bytes of datagrams that the kernel holds until they are read; nil while the socket is not open.
    var receiveBufferBytes: Int? {
        self.option(SO_RCVBUF, CInt(0)).map { Int($0) / Self.overhead }
    }

    /// Asks for so many bytes. The system may set less: without the right to force it, `net.core.rmem_max` at most.
    func setReceiveBuffer(bytes: Int) {
        var value = CInt(clamping: bytes)
        let size = socklen_t(MemoryLayout<CInt>.size)
        self.descriptor.withLockedValue { descriptor in
            if setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &value, size) == 0 { return }
            // It fails on a closed socket only, and `receiveBufferBytes` tells what came of it.
            _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &value, size)
        }
    }

    /// The kernel's counter of datagrams that it has dropped in front of this socket (SK_MEMINFO_DROPS); nil while it is not
    /// open.
    var kernelDrops: UInt32? {
        typealias MemoryInfo = (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32)
        let zero: MemoryInfo = (0, 0, 0, 0, 0, 0, 0, 0, 0)
        return self.option(SO_MEMINFO, zero)?.8
    }

    private func option<Value: BitwiseCopyable>(_ name: CInt, _ initial: Value) -> Value? {
        var value = initial
        var length = socklen_t(MemoryLayout<Value>.size)
        let result = self.descriptor.withLockedValue { getsockopt($0, SOL_SOCKET, name, &value, &length) }
        return result == 0 && length == socklen_t(MemoryLayout<Value>.size) ? value : nil
    }
}
