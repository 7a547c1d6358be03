import CLinux
import Glibc
import Wire

/// Access to the descriptor of a UDP socket from any thread: sends single datagrams, and reads the kernel's buffer size
/// and its count of dropped datagrams.
///
/// The event loop owns the descriptor and removes it from this object before closing it. The lock is held during each
/// call. Otherwise a call could reach another file that has got the same number after the close.
final class UDPEndpoint: Sendable {
    private struct State {
        var descriptor: CInt = -1
        var drops = KernelDrops()
    }

    private let state = Locked(State())

    /// - Parameter isInherited: whether the socket existed before this program opened it. The drops of a new socket
    ///   count from zero. The drops of an inherited socket count from its first use here.
    func open(_ descriptor: CInt, isInherited: Bool) {
        self.state.withLock { state in
            state.descriptor = descriptor
            state.drops.opened(reading: isInherited ? Self.kernelDrops(descriptor) ?? 0 : 0, isInherited: isInherited)
        }
    }

    /// Removes the descriptor. No datagram is sent until the next `open`.
    func close() {
        self.state.withLock { state in
            Self.readDrops(&state)
            state.descriptor = -1
        }
    }

    /// Sends one datagram. It never blocks and never retries a datagram that the kernel refused.
    ///
    /// - Parameter local: the source address of the datagram; nil lets the system choose.
    /// - Returns: 0 if the kernel took the datagram; otherwise the error number.
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
            message.msg_namelen = length
            return self.state.withLock { state in
                while true {
                    if sendmsg(state.descriptor, &message, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)) >= 0 { return 0 }
                    if errno != EINTR { return errno }
                }
            }
        }
    }
}

// MARK: - Receive buffer and drops of the kernel

extension UDPEndpoint {
    /// Linux includes its own overhead and reports twice the requested size (socket(7) SO_RCVBUF).
    private static let overhead = 2
    /// The largest size that Linux sets.
    static let receiveBufferBytesMax = Int(CInt.max / 2)

    /// Bytes of unread datagrams that the kernel can hold; nil while the socket is not open.
    var receiveBufferBytes: Int? {
        self.state.withLock { Self.option($0.descriptor, SO_RCVBUF, CInt(0)).map { Int($0) / Self.overhead } }
    }

    /// Requests a buffer of this size. Without the privilege to force it, the system sets at most `net.core.rmem_max`.
    func setReceiveBuffer(bytes: Int) {
        var value = CInt(clamping: bytes)
        let size = socklen_t(MemoryLayout<CInt>.size)
        self.state.withLock { state in
            if setsockopt(state.descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &value, size) == 0 { return }
            // Fails only on a closed socket. `receiveBufferBytes` reports the result.
            _ = setsockopt(state.descriptor, SOL_SOCKET, SO_RCVBUF, &value, size)
        }
    }

    /// Datagrams that the kernel has dropped at this socket and at its earlier sockets, which were lost and reopened.
    var kernelDrops: UInt64 {
        self.state.withLock { state in
            Self.readDrops(&state)
            return state.drops.total
        }
    }

    private static func readDrops(_ state: inout State) {
        if let reading = Self.kernelDrops(state.descriptor) { state.drops.read(reading) }
    }

    /// The kernel's counter (SK_MEMINFO_DROPS).
    private static func kernelDrops(_ descriptor: CInt) -> UInt32? {
        typealias MemoryInfo = (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32)
        let zero: MemoryInfo = (0, 0, 0, 0, 0, 0, 0, 0, 0)
        return Self.option(descriptor, SO_MEMINFO, zero)?.8
    }

    /// nil while the socket is not open.
    private static func option<Value: BitwiseCopyable>(_ descriptor: CInt, _ name: CInt, _ initial: Value) -> Value? {
        var value = initial
        var length = socklen_t(MemoryLayout<Value>.size)
        let result = getsockopt(descriptor, SOL_SOCKET, name, &value, &length)
        return result == 0 && length == socklen_t(MemoryLayout<Value>.size) ? value : nil
    }
}

/// Sums up the kernel's 32-bit counter of dropped datagrams over all sockets of an endpoint.
struct KernelDrops: Sendable {
    private(set) var total: UInt64 = 0
    /// nil before the first socket.
    private var lastReading: UInt32?

    /// A socket was opened.
    ///
    /// - Parameters:
    ///   - reading: the socket's counter. Earlier drops do not count.
    ///   - isInherited: whether each call is for the same socket. If so, all drops since the first call count.
    mutating func opened(reading: UInt32, isInherited: Bool = false) {
        if isInherited, self.lastReading != nil { return self.read(reading) }
        self.lastReading = reading
    }

    /// Adds the drops since the last reading.
    mutating func read(_ reading: UInt32) {
        self.total += UInt64(reading &- (self.lastReading ?? reading))
        self.lastReading = reading
    }
}
