import EngineSupport
import Testing
import Wire

@testable import Engine

@Suite("FrameCursor")
struct FrameCursorTests {
    private let payloads: [[UInt8]] = [
        [], [1], [0, 0, 0], [], [], [UInt8](repeating: 7, count: 300), [255, 255, 255],
    ]

    private func counts(_ stretches: [ArraySlice<UInt8>], _ framing: Framing, cutBytes: Int = 0) -> [Int] {
        var cursor = cutBytes > 0 ? FrameCursor(cutBytes: cutBytes) : FrameCursor()
        return stretches.map { Array($0).withUnsafeBytes { cursor.pass($0, framing) } }
    }

    @Test(
        "a frame counts in the piece with its last byte, wherever the bytes are cut",
        arguments: Framing.streams
    )
    func cuts(framing: Framing) {
        let frames = self.payloads.map { frame($0, framing) }
        let bytes = frames.flatMap { $0 }
        let ends = frames.reduce(into: []) { $0.append(($0.last ?? 0) + $1.count) }
        func ended(in range: Range<Int>) -> Int { ends.filter { range.contains($0 - 1) }.count }
        for one in 0...bytes.count {
            for other in one...min(one + 6, bytes.count) {
                let counted = self.counts([bytes[..<one], bytes[one..<other], bytes[other...]], framing)
                #expect(counted == [ended(in: 0..<one), ended(in: one..<other), ended(in: other..<bytes.count)])
            }
        }
    }

    @Test("a stream may begin in the middle of a frame or of its header", arguments: Framing.streams)
    func cutFrame(framing: Framing) {
        let bytes = frame([1, 2, 3], framing)
        for sent in 1..<bytes.count {
            let rest = Array(bytes[sent...]) + frame([4], framing)
            for cut in rest.indices {
                let counted = self.counts([rest[..<cut], rest[cut...]], framing, cutBytes: bytes.count - sent)
                #expect(counted == (cut >= bytes.count - sent ? [1, 1] : [0, 2]))
            }
        }
    }
}
