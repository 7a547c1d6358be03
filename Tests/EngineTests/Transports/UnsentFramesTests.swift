import EngineSupport
import Testing
import Wire

@testable import Engine

@Suite("UnsentFrames")
struct UnsentFramesTests {
    private let payloads: [[UInt8]] = [[1], [], [2, 3, 4], [5]]

    @Test(
        "the prefix within the limits completes the cut frame and adds as many whole frames as fit",
        arguments: Framing.streams
    )
    func prefix(framing: Framing) {
        let frames = self.payloads.map { frame($0, framing) }
        let bytes = frames.flatMap { $0 }
        let ends = frames.reduce(into: [0]) { $0.append($0.last! + $1.count) }
        for sent in 0..<bytes.count {
            let cutEnd = ends.first { $0 >= sent } ?? 0
            for bytesMax in 0...bytes.count {
                for datagramsMax in 0...4 {
                    let kept = self.keep(bytes, sent, bytesMax, datagramsMax, framing)
                    let end = sent + kept.bytes.count
                    #expect(ends.contains(end) && end >= cutEnd)
                    #expect(kept.bytes == Array(bytes[sent..<end]))
                    #expect(kept.datagramCount == ends.filter { $0 > sent && $0 <= end }.count)
                    #expect(end == cutEnd || (end - sent <= bytesMax && kept.datagramCount <= datagramsMax))
                    // One more frame would exceed a limit.
                    if let next = ends.first(where: { $0 > end }) {
                        #expect(next - sent > bytesMax || kept.datagramCount + 1 > datagramsMax)
                    }
                }
            }
        }
    }

    private func keep(
        _ frames: [UInt8],
        _ sentBytes: Int,
        _ bytesMax: Int,
        _ datagramsMax: Int,
        _ framing: Framing
    ) -> (bytes: [UInt8], datagramCount: Int) {
        frames.withUnsafeBytes { frames in
            let unsent = UnsentFrames(
                of: frames,
                datagramCount: self.payloads.count,
                sentBytes: sentBytes,
                framing: framing
            )
            let kept = unsent.prefix(bytesMax: bytesMax, datagramsMax: datagramsMax, framing: framing)
            return (Array(kept.bytes), kept.datagramCount)
        }
    }
}
