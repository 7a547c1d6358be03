import CLinux
import Glibc
import Wire

/// The datagrams of one read of a UDP socket, and their memory. Event loop only.
///
/// The kernel writes each datagram to the position of the checksum in a record of `Framing.udp`. The record can
/// therefore be completed in place. The memory is unchanged until the next read.
final class UDPInput {
    /// The largest number of datagrams in one read.
    static let datagramsMax = 64
    /// The largest number of bytes read of one datagram. It exceeds every accepted length, so that longer datagrams are
    /// detected.
    static let datagramBytesMax = 2048
    /// The distance between two records. It is not a multiple of the page size; otherwise the first bytes of all
    /// records would share a few lines of the processor's cache.
    private static let stride = 2112

    private let records: UnsafeMutableRawPointer
    private let names: UnsafeMutablePointer<sockaddr_in6>
    private let vectors: UnsafeMutablePointer<iovec>
    private let headers: UnsafeMutableBufferPointer<mmsghdr>
    /// nil if the socket requests no control messages.
    private let controls: UnsafeMutableRawPointer?
    /// The number of datagrams in the last read.
    private var count = 0
    /// The index of the first datagram that has not been taken.
    private var next = 0

    /// - Parameter hasLocalAddresses: see the property.
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

    /// Whether the socket reports the destination address of each datagram.
    var hasLocalAddresses: Bool { self.controls != nil }

    /// Whether all datagrams of the last read have been taken.
    var isEmpty: Bool { self.next == self.count }

    /// Reads datagrams.
    ///
    /// - Precondition: the input is empty.
    /// - Returns: the number of datagrams, or the negated error number.
    func receive(_ descriptor: CInt, _ system: SystemCalls) -> Int {
        precondition(self.isEmpty, "a read over datagrams that were not taken")
        for index in 0..<self.count { self.makeRoom(at: index) }
        (self.count, self.next) = (0, 0)
        let result = system.receive(descriptor, datagrams: self.headers)
        if result > 0 { self.count = result }
        return result
    }

    /// A datagram as received.
    struct Datagram {
        /// The bytes of a record. The bytes before `Framing.udpWireOffset` may have any content; the received bytes
        /// follow.
        let record: UnsafeMutableRawBufferPointer
        /// nil if it is not an IP address.
        let source: SocketAddress?
        /// The destination address; nil if it makes no difference or cannot be the source of an answer.
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

    /// Resets the lengths that the kernel has overwritten.
    private func makeRoom(at index: Int) {
        self.headers[index].msg_hdr.msg_namelen = socklen_t(MemoryLayout<sockaddr_in6>.size)
        guard let controls else { return }
        let bytes = LocalAddress.receivedControlBytesMax
        self.headers[index].msg_hdr.msg_control = controls + index * bytes
        self.headers[index].msg_hdr.msg_controllen = bytes
    }
}
