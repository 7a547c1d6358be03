import Glibc
import Testing

@testable import Engine

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

    @Test("without one for a client too, none is kept from the program")
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
