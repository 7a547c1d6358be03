import Glibc
import Testing

@testable import PandaNet

@Suite("DescriptorReserve")
struct DescriptorReserveTests {
    @Test("what is let go can be used, and taken back")
    func reserve() {
        let reserve = DescriptorReserve()
        #expect(reserve.refill())
        #expect(reserve.refill())
        reserve.release()
        reserve.release()
        #expect(reserve.refill())
    }
}
