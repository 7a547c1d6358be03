import CLinux
import Glibc
import Wire

/// The datagrams that one read of a UDP socket has brought, and the memory for them. Event loop only.
///
/// The kernel writes each datagram to where a record of `Framing.udp` has its checksum, so that the record is completed in
/// place. The memory stays as it is until the next read.
final class UDPInput {
    /// Datagrams that one turn takes.
    static let datagramsMax = 64
    /// What is read of a datagram. More than any that is taken, so that a longer one shows.
    static let datagramBytesMax = 2048
    /// From one record to the next. No multiple of the page size: the beginnings of all records would share few lines of the
    /// processor's cache.
    private static let stride = 2112

    private let records: UnsafeMutableRawPointer
    private let names: UnsafeMutablePointer<sockaddr_in6>
    private let vectors: UnsafeMutablePointer<iovec>
    private let headers: UnsafeMutableBufferPointer<mmsghdr>
    /// nil where no control messages are asked for.
    private let controls: UnsafeMutableRawPointer?
    /// Datagrams of the last read.
    private var count = 0
    /// The first of them that is not taken.
    private var next = 0

    /// - Parameter hasLocalAddresses: see there.
    init(hasLocalAddresses: Bool) {
        self.records = .allocate(byteCount: Self.datagramsMax * Self.stride, alignment: 64)
        self.names = .allocate(capacity: Self.datagramsMax)
        self.names.initialize(repeating: sockaddr_in6(), count: Self.datagramsMax)
        self.vectors = .allocate(capacity: Self.datagramsMax)
        self.headers = .allocate(capacity: Self.datagramsMax)
        self.headers.initialize(repeating: mmsghdr())
        self.controls =
            hasLocalAddresses
            ? .allocate(byteCount: Self.datagramsMax * LocalAddress.receivedControlBytesMax, alignment: 8) : nil
        for index in 0..<Self.datagramsMax {
            (self.vectors + index).initialize(
                to: iovec(
                    iov_base: self.records + index * Self.stride + Framing.udpWireOffset,
                    iov_len: Self.datagramBytesMax
                )
            )
            self.headers[index].msg_hdr.msg_name = UnsafeMutableRawPointer(self.names + index)
            self.headers[index].msg_hdr.msg_iov = self.vectors + index
            self.headers[index].msg_hdr.msg_iovlen = 1
            self.makeRoom(at: index)
        }
    }

    deinit {
        self.records.deallocate()
        self.names.deallocate()
        self.vectors.deallocate()
        self.headers.deallocate()
        self.controls?.deallocate()
    }

    /// Whether the socket tells where each datagram was sent to.
    var hasLocalAddresses: Bool { self.controls != nil }

    /// Whether all that the last read has brought was taken.
    var isEmpty: Bool { self.next == self.count }

    /// - Precondition: it is empty.
    /// - Returns: how many datagrams have come, or the error number as a negative number.
    func receive(_ descriptor: CInt, _ system: SystemCalls) -> Int {
        precondition(self.isEmpty, "a read over datagrams that were not taken")
        for index in 0..<self.count { self.makeRoom(at: index) }
        (self.count, self.next) = (0, 0)
        let result = system.receive(descriptor, datagrams: self.headers)
        if result > 0 { self.count = result }
        return result
    }

    /// A datagram as it has come.
    struct Datagram {
        /// The bytes of a record: those before `Framing.udpWireOffset` have any content, the others are the datagram's.
        let record: UnsafeMutableRawBufferPointer
        /// nil where it is not one of IP.
        let source: SocketAddress?
        /// Where it was sent to; nil where that makes no difference, and where no answer can leave from it.
        let local: LocalAddress?
    }

    func takeFirst() -> Datagram? {
        guard !self.isEmpty else { return nil }
        let index = self.next
        self.next += 1
        let header = self.headers[index]
        let name = UnsafeRawPointer(self.names + index)
        let hasName = header.msg_hdr.msg_namelen >= socklen_t(MemoryLayout<sockaddr_in>.size)
        let control = UnsafeRawBufferPointer(start: header.msg_hdr.msg_control, count: header.msg_hdr.msg_controllen)
        return Datagram(
            record: UnsafeMutableRawBufferPointer(
                start: self.records + index * Self.stride,
                count: Framing.udpWireOffset + min(Int(header.msg_len), Self.datagramBytesMax)
            ),
            source: hasName ? SocketAddress(name) : nil,
            local: self.controls == nil ? nil : LocalAddress(control: control)
        )
    }

    /// What the kernel has written there is of no use any more.
    private func makeRoom(at index: Int) {
        self.headers[index].msg_hdr.msg_namelen = socklen_t(MemoryLayout<sockaddr_in6>.size)
        guard let controls else { return }
        let bytes = LocalAddress.receivedControlBytesMax
        self.headers[index].msg_hdr.msg_control = controls + index * bytes
        self.headers[index].msg_hdr.msg_controllen = bytes
    }
}
