import CLinux
import Glibc
import Wire

/// The descriptor of a UDP socket, for any thread: sends single datagrams, and tells what the kernel holds and drops.
///
/// The event loop owns the descriptor, and takes it away from here before it closes it. The lock is held during each call, so
/// that no file that gets the same number later is ever written to.
final class UDPEndpoint: Sendable {
    private struct State {
        var descriptor: CInt = -1
        var drops = KernelDrops()
    }

    private let state = Locked(State())

    /// - Parameter isInherited: whether the socket is an earlier process's, or was here before. The drops of a new socket
    ///   count from its beginning; those of an inherited one from the first time that it is open here.
    func open(_ descriptor: CInt, isInherited: Bool) {
        self.state.withLock { state in
            state.descriptor = descriptor
            state.drops.opened(reading: isInherited ? Self.kernelDrops(descriptor) ?? 0 : 0, isInherited: isInherited)
        }
    }

    /// Until the next `open` nothing is sent.
    func close() {
        self.state.withLock { state in
            Self.readDrops(&state)
            state.descriptor = -1
        }
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

// MARK: - What the kernel holds and drops

extension UDPEndpoint {
    /// Linux counts its own overhead too, and says double (socket(7) SO_RCVBUF).
    private static let overhead = 2
    /// The most that Linux sets, whatever it is asked for.
    static let receiveBufferBytesMax = Int(CInt.max / 2)

    /// Bytes of datagrams that the kernel holds until they are read; nil while the socket is not open.
    var receiveBufferBytes: Int? {
        self.state.withLock { Self.option($0.descriptor, SO_RCVBUF, CInt(0)).map { Int($0) / Self.overhead } }
    }

    /// Asks for so many bytes. The system may set less: without the right to force it, `net.core.rmem_max` at most.
    func setReceiveBuffer(bytes: Int) {
        var value = CInt(clamping: bytes)
        let size = socklen_t(MemoryLayout<CInt>.size)
        self.state.withLock { state in
            if setsockopt(state.descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &value, size) == 0 { return }
            // It fails on a closed socket only, and `receiveBufferBytes` tells what came of it.
            _ = setsockopt(state.descriptor, SOL_SOCKET, SO_RCVBUF, &value, size)
        }
    }

    /// Datagrams that the kernel has dropped in front of this socket so far, and in front of those that it was before.
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

/// The datagrams that the kernel dropped in front of a socket, summed up from its counter of 32 bits.
struct KernelDrops: Sendable {
    private(set) var total: UInt64 = 0
    /// nil before the first socket.
    private var lastReading: UInt32?

    /// A socket was opened.
    ///
    /// - Parameters:
    ///   - reading: its counter; drops up to here are not counted.
    ///   - isInherited: whether it is the same socket each time, whose drops from the first time on are counted.
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
