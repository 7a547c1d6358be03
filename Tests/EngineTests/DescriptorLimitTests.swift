import Engine
import Testing

@Suite("DescriptorLimit")
struct DescriptorLimitTests {
    @Test("connections fit up to the reserve, and unlimited connections never fit")
    func fits() {
        let limit = DescriptorLimit(soft: 1024)
        #expect(limit.fits(connections: 1024 - DescriptorLimit.reserve))
        #expect(!limit.fits(connections: 1024 - DescriptorLimit.reserve + 1))
        #expect(!limit.fits(connections: nil))
    }

    @Test("other descriptors count if they need more than the reserve")
    func besides() {
        let limit = DescriptorLimit(soft: 1024)
        #expect(limit.fits(connections: 1024 - DescriptorLimit.reserve, besides: DescriptorLimit.reserve))
        #expect(!limit.fits(connections: 1024 - DescriptorLimit.reserve, besides: DescriptorLimit.reserve + 1))
        #expect(limit.fits(connections: 1024 - 500, besides: 500))
    }
}
