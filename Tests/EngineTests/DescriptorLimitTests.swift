import Engine
import Testing

@Suite("DescriptorLimit")
struct DescriptorLimitTests {
    @Test("connections fit up to the reserve, and no limit of them never does")
    func fits() {
        let limit = DescriptorLimit(soft: 1024)
        #expect(limit.fits(connections: 1024 - DescriptorLimit.reserve))
        #expect(!limit.fits(connections: 1024 - DescriptorLimit.reserve + 1))
        #expect(!limit.fits(connections: nil))
    }

    @Test("what is needed besides them counts when it is more than the reserve")
    func besides() {
        let limit = DescriptorLimit(soft: 1024)
        #expect(limit.fits(connections: 1024 - DescriptorLimit.reserve, besides: DescriptorLimit.reserve))
        #expect(!limit.fits(connections: 1024 - DescriptorLimit.reserve, besides: DescriptorLimit.reserve + 1))
        #expect(limit.fits(connections: 1024 - 500, besides: 500))
    }
}
