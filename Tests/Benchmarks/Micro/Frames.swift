import Engine
import Wire

/// Whole frames in memory, as one read returns them.
struct Frames: Sendable {
    let bytes: [UInt8]
    let datagramCount: Int
    let framing: Framing

    /// - Parameter types: the first bytes of the payloads. They repeat if there are more frames.
    init(_ datagramCount: Int, payloadBytes: Int = 64, types: [UInt8] = [1], framing: Framing = .two) {
        var bytes: [UInt8] = []
        for index in 0..<datagramCount {
            var frame = [UInt8](repeating: 0, count: framing.size + payloadBytes)
            frame.withUnsafeMutableBytes { framing.writeHeader(payloadBytes: payloadBytes, to: $0) }
            frame[framing.size] = types[index % types.count]
            bytes += frame
        }
        self.bytes = bytes
        self.datagramCount = datagramCount
        self.framing = framing
    }

    func withRun(_ body: (DatagramRun) -> Void) {
        self.bytes.withUnsafeBytes {
            body(DatagramRun(bytes: $0, datagramCount: self.datagramCount, framing: self.framing))
        }
    }
}
