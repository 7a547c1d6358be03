import PandaNet
import SeededRandom

extension SplitMix64 {
    mutating func datagram(byteCount: Int) -> Datagram {
        Datagram((0..<byteCount).map { _ in UInt8(truncatingIfNeeded: self.next()) })
    }
}
