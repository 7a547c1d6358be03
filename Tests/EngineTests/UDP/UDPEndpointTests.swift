import Testing

@testable import Engine

@Suite("UDP endpoint")
struct UDPEndpointTests {
    @Test("the total of kernel drops continues past the kernel's 32-bit counter and after a reopening")
    func kernelDrops() {
        var drops = KernelDrops()
        drops.opened(reading: 0)
        drops.read(5)
        drops.read(5)
        #expect(drops.total == 5)
        drops.opened(reading: .max - 1)
        drops.read(2)
        #expect(drops.total == 9)
    }

    @Test("drops of an inherited socket count from its first opening, also while it was closed here")
    func inheritedDrops() {
        var drops = KernelDrops()
        drops.opened(reading: 100, isInherited: true)
        drops.read(103)
        drops.opened(reading: 105, isInherited: true)
        #expect(drops.total == 5)
    }

    @Test("a closed endpoint sends no datagram and reports no kernel buffer or drops")
    func closed() {
        let endpoint = UDPEndpoint()
        let error = [UInt8(1)].withUnsafeBytes { endpoint.send($0, isRaw: false, to: address("127.0.0.1", port: 9)) }
        #expect(error != 0 && endpoint.receiveBufferBytes == nil && endpoint.kernelDrops == 0)
    }
}
