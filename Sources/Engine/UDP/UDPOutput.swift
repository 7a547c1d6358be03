import CLinux
import Glibc
import Wire

/// The datagrams that a UDP socket will send with its next flush, in order. Event loop only.
///
/// It copies addresses but only points to the records.
final class UDPOutput {
    /// The largest number of datagrams in one system call. A full output is flushed early.
    static let datagramsMax = 256

    private let headers: UnsafeMutableBufferPointer<mmsghdr>
    private let vectors: UnsafeMutablePointer<iovec>
    private let names: UnsafeMutablePointer<sockaddr_in6>
    private let controls: UnsafeMutableRawPointer
    /// The receiver of each datagram, as an index into `receivers`.
    private var receiverIndices = ContiguousArray<Int32>(repeating: 0, count: datagramsMax)
    private var count = 0
    /// The number of receivers with datagrams here. Each receiver's datagrams are adjacent, and it has one entry in
    /// `names` and one in `controls`.
    private var receiverCount: Int { self.receivers.count }
    private var receivers: ContiguousArray<UDPPeer?> = []
    private var nameLength: socklen_t = 0
    private var controlLength = 0

    init() {
        self.headers = .allocate(capacity: Self.datagramsMax)
        self.headers.initialize(repeating: mmsghdr())
        self.vectors = .allocate(capacity: Self.datagramsMax)
        self.vectors.initialize(repeating: iovec(), count: Self.datagramsMax)
        self.names = .allocate(capacity: Self.datagramsMax)
        self.names.initialize(repeating: sockaddr_in6(), count: Self.datagramsMax)
        self.controls = .allocate(byteCount: Self.datagramsMax * LocalAddress.controlBytesMax, alignment: 8)
    }

    deinit {
        self.headers.deallocate()
        self.vectors.deallocate()
        self.names.deallocate()
        self.controls.deallocate()
    }

    var isEmpty: Bool { self.count == 0 }
    var isFull: Bool { self.count == Self.datagramsMax }

    /// Begins a sequence of datagrams to one address.
    ///
    /// - Precondition: the output is not full.
    /// - Parameters:
    ///   - local: the source address of the datagrams; nil lets the system choose.
    ///   - peer: is told of each datagram that is not sent.
    @inline(__always)
    func begin(_ address: SocketAddress, from local: LocalAddress?, for peer: UDPPeer? = nil) {
        let index = self.receiverCount
        self.receivers.append(peer)
        self.nameLength = address.write(to: self.names + index)
        self.controlLength = local?.writeControl(to: self.control(at: index)) ?? 0
    }

    /// - Parameter datagram: the bytes on the wire; they must not change before they are sent.
    /// - Precondition: the output is not full, and `begin` was called since it was last empty.
    @inline(__always)
    func append(_ datagram: UnsafeRawBufferPointer) {
        let (index, receiver) = (self.count, self.receiverCount - 1)
        self.count += 1
        self.receiverIndices[index] = Int32(receiver)
        self.vectors[index].iov_base = UnsafeMutableRawPointer(mutating: datagram.baseAddress)
        self.vectors[index].iov_len = datagram.count
        var header = msghdr()
        header.msg_name = UnsafeMutableRawPointer(self.names + receiver)
        header.msg_namelen = self.nameLength
        header.msg_iov = self.vectors + index
        header.msg_iovlen = 1
        if self.controlLength > 0 {
            header.msg_control = self.control(at: receiver).baseAddress
            header.msg_controllen = self.controlLength
        }
        self.headers[index].msg_hdr = header
    }

    /// Sends all datagrams. Datagrams that the system does not take are lost.
    ///
    /// - Parameter descriptor: -1 if there is no socket.
    /// - Returns: the number of lost datagrams. Each receiver was told of its own.
    func flush(_ descriptor: CInt, _ system: SystemCalls) -> Int {
        defer {
            self.count = 0
            self.receivers.removeAll(keepingCapacity: true)
        }
        guard descriptor >= 0 else { return self.lose(from: 0) }
        var (done, unsent) = (0, 0)
        while done < self.count {
            let rest = UnsafeMutableBufferPointer(rebasing: self.headers[done..<self.count])
            let result = system.send(descriptor, datagrams: rest)
            if result > 0 {
                done += result
                continue
            }
            // An error concerns only the first datagram of the call.
            switch CInt(-result) {
            case EINTR: continue
            case EAGAIN: return unsent + self.lose(from: done)
            case let code where rest[0].msg_hdr.msg_controllen > 0 && LocalAddress.isRefused(code):
                rest[0].msg_hdr.msg_control = nil
                rest[0].msg_hdr.msg_controllen = 0
            default:
                self.lose(done)
                unsent += 1
                done += 1
            }
        }
        return unsent
    }

    private func lose(_ index: Int) {
        self.receivers[Int(self.receiverIndices[index])]?.notSent(bytes: self.vectors[index].iov_len)
    }

    /// - Returns: the number of lost datagrams.
    private func lose(from start: Int) -> Int {
        for index in start..<self.count { self.lose(index) }
        return self.count - start
    }

    private func control(at index: Int) -> UnsafeMutableRawBufferPointer {
        let bytes = LocalAddress.controlBytesMax
        return UnsafeMutableRawBufferPointer(start: self.controls + index * bytes, count: bytes)
    }
}
