import Testing

@testable import Engine

@Suite("UDP endpoint")
struct UDPEndpointTests {
    @Test("the kernel's counter of drops is summed up past its 32 bits")
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

    @Test("the drops of an inherited socket count from the first time that it is open, also while it was not")
    func inheritedDrops() {
        var drops = KernelDrops()
        drops.opened(reading: 100, isInherited: true)
        drops.read(103)
        drops.opened(reading: 105, isInherited: true)
        #expect(drops.total == 5)
    }

    @Test("without a socket nothing is sent, and the kernel holds nothing")
    func closed() {
        let endpoint = UDPEndpoint()
        let error = [UInt8(1)].withUnsafeBytes { endpoint.send($0, isRaw: false, to: address("127.0.0.1", port: 9)) }
        #expect(error != 0 && endpoint.receiveBufferBytes == nil && endpoint.kernelDrops == 0)
    }
}
