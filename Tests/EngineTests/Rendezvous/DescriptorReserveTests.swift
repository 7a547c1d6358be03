import Glibc
import Testing

@testable import Engine

@Suite("DescriptorReserve")
struct DescriptorReserveTests {
    @Test("a released reserve can be taken back")
    func reserve() {
        let reserve = DescriptorReserve()
        #expect(reserve.refill())
        #expect(reserve.refill())
        reserve.release()
        reserve.release()
        #expect(reserve.refill())
    }

    @Test("an incomplete reserve gives all its descriptors back")
    func incomplete() {
        let opened = Locked<[CInt]>([])
        let reserve = DescriptorReserve {
            opened.withLock { opened in
                guard opened.count < DescriptorReserve.count else { return nil }
                let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
                opened.append(descriptor)
                return descriptor
            }
        }
        #expect(!reserve.refill())
        let descriptors = opened.withLock { $0 }
        #expect(descriptors.count == DescriptorReserve.count)
        #expect(reserve.keptCount == 0)
    }
}
