import Wire

@testable import Engine

/// Returns the payloads as consecutive frames.
func framed(_ payloads: [[UInt8]], _ framing: Framing = .two) -> [UInt8] {
    var bytes: [UInt8] = []
    for payload in payloads {
        var frame = [UInt8](repeating: 0, count: framing.size + payload.count)
        frame.withUnsafeMutableBytes { target in payload.withUnsafeBytes { framing.write($0, to: target) } }
        bytes += frame
    }
    return bytes
}

/// Returns one-byte payloads as consecutive frames.
func framed(_ payloads: UInt8..., framing: Framing = .two) -> [UInt8] { framed(payloads.map { [$0] }, framing) }

/// Calls `body` with a run of the payloads.
func withRun<Result>(
    _ payloads: [[UInt8]],
    _ framing: Framing = .two,
    _ body: (DatagramRun) throws -> Result
) rethrows -> Result {
    try framed(payloads, framing).withUnsafeBytes {
        try body(DatagramRun(bytes: $0, datagramCount: payloads.count, framing: framing))
    }
}

extension Array where Element == UInt8 {
    /// The payloads of all whole frames; leaves out an incomplete frame at the end.
    func payloads(_ framing: Framing = .two) -> [[UInt8]] {
        var payloads: [[UInt8]] = []
        self.withUnsafeBytes { bytes in
            var offset = 0
            while offset + framing.size <= bytes.count {
                let end = offset + framing.frameBytes(in: bytes, at: offset)
                guard end <= bytes.count else { return }
                payloads.append(Array(bytes[offset + framing.size..<end]))
                offset = end
            }
        }
        return payloads
    }
}
