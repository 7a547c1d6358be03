import Glibc
import Testing
import Wire

@testable import Engine

@Suite("UDP output")
struct UDPOutputTests {
    private let system = ScriptedDatagrams()
    private let output = UDPOutput()
    /// Datagrams 0, 1, 2 and so on, of one byte each.
    private let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 1)

    init() {
        self.system.isDeaf = true
        for index in 0..<256 { self.bytes[index] = UInt8(index) }
    }

    private func append(_ numbers: Range<Int>, from local: LocalAddress? = nil) {
        self.output.begin(address("127.0.0.1", port: 9), from: local)
        for number in numbers { self.output.append(UnsafeRawBufferPointer(rebasing: self.bytes[number..<number + 1])) }
    }

    private func flush() -> Int { self.output.flush(1, self.system) }

    private var sent: [Int] { self.system.sent.map { Int($0[0]) } }

    @Test("all queued datagrams leave in order with one call")
    func order() {
        self.append(0..<3)
        self.append(3..<4)
        #expect(self.flush() == 0 && self.output.isEmpty)
        self.append(4..<6)
        #expect(self.flush() == 0)
        #expect(self.sent == Array(0..<6) && self.system.offered.map(\.count) == [4, 2])
    }

    @Test("the queue holds 256 datagrams without overwriting one")
    func full() {
        for number in 0..<256 {
            #expect(!self.output.isFull)
            self.append(number..<number + 1)
        }
        #expect(self.output.isFull)
        #expect(self.flush() == 0 && self.sent == Array(0..<256))
    }

    @Test("datagrams that the system did not take are offered again, and an interrupted call loses no datagram")
    func parts() {
        self.system.sends = [.takes(1), .fails(EINTR), .takes(2), .takes(1)]
        self.append(0..<5)
        #expect(self.flush() == 0 && self.sent == Array(0..<5))
        #expect(self.system.offered.map(\.count) == [5, 4, 4, 2, 1])
    }

    @Test("when the kernel's buffer is full, the remaining datagrams are lost and counted")
    func noRoom() {
        self.system.sends = [.takes(2), .fails(EAGAIN)]
        self.append(0..<5)
        #expect(self.flush() == 3 && self.sent == [0, 1] && self.output.isEmpty)
        self.append(5..<6)
        #expect(self.flush() == 0 && self.sent == [0, 1, 5])
    }

    @Test(
        "another send error loses only the datagram that caused it",
        arguments: [EPERM, ENOBUFS, EACCES, ECONNREFUSED, EINVAL]
    )
    func errors(code: CInt) {
        self.system.sends = [.takes(1), .fails(code), .takes(1), .fails(code)]
        self.append(0..<5)
        #expect(self.flush() == 2 && self.sent == [0, 2, 4])
    }

    @Test(
        "a datagram whose source address is refused is sent once more without it",
        arguments: [
            EINVAL, ENETUNREACH, EADDRNOTAVAIL,
        ]
    )
    func source(code: CInt) {
        self.system.sends = [.takes(1), .fails(code), .takes(1)]
        self.append(0..<3, from: LocalAddress(ipv4: UInt32(0x7F00_0001).bigEndian))
        #expect(self.flush() == 0 && self.sent == [0, 1, 2])
        #expect(
            self.system.offered.map { $0.map(\.hasControl) } == [
                [true, true, true], [true, true], [false, true], [true],
            ]
        )
        // A second failure loses the datagram.
        self.system.sends = [.fails(code), .fails(code)]
        self.append(3..<5, from: LocalAddress(ipv4: UInt32(0x7F00_0001).bigEndian))
        #expect(self.flush() == 1 && self.sent == [0, 1, 2, 4])
    }

    @Test("without a socket, all datagrams are lost")
    func closed() {
        self.append(0..<3)
        #expect(self.output.flush(-1, self.system) == 3 && self.system.offered.isEmpty && self.output.isEmpty)
    }
}
