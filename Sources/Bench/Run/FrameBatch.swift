import Engine
import Wire

/// Frames of one publisher that are sent together.
struct FrameBatch {
    let framing: Framing
    /// A frame without its stamp.
    private let template: [UInt8]
    private var frames: [UInt8] = []
    private(set) var count = 0

    init(framing: Framing, payloadBytes: Int) {
        self.framing = framing
        var template = [UInt8](repeating: UInt8(ascii: "x"), count: framing.size + payloadBytes)
        template.withUnsafeMutableBytes { framing.writeHeader(payloadBytes: payloadBytes, to: $0) }
        self.template = template
    }

    mutating func append(_ stamp: Stamp) {
        let start = self.frames.count + self.framing.size
        self.frames.append(contentsOf: self.template)
        self.frames.withUnsafeMutableBytes { bytes in
            stamp.write(to: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
        }
        self.count += 1
    }

    /// Sends the appended frames and removes them.
    mutating func send(on link: Link) {
        self.frames.withUnsafeBytes { bytes in
            link.send(DatagramRun(bytes: bytes, datagramCount: self.count, framing: self.framing))
        }
        self.frames.removeAll(keepingCapacity: true)
        self.count = 0
    }
}
