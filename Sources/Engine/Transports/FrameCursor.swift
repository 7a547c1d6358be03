import Wire

/// Where in a stream of frames its next byte stands, wherever the stream is cut into stretches.
struct FrameCursor {
    /// What the header has said so far; without one under way, bytes of the frame that are still to pass.
    private var value: UInt32 = 0
    /// Of a frame's header, bytes that have passed; 0 in a payload and between frames.
    private var headerBytes: UInt8 = 0

    init() {}

    /// - Parameter cutBytes: what the stream begins with of a frame that began before.
    init(cutBytes: Int) {
        self.value = UInt32(cutBytes)
    }

    /// Passes a stretch.
    ///
    /// - Returns: how many frames end in it.
    mutating func pass(_ bytes: UnsafeRawBufferPointer, _ framing: Framing) -> Int {
        var (offset, count) = (0, 0)
        while offset < bytes.count {
            if self.value > 0, self.headerBytes == 0 {
                let step = min(Int(self.value), bytes.count - offset)
                self.value -= UInt32(step)
                offset += step
            } else {
                self.passHeaderByte(bytes[offset], framing)
                offset += 1
            }
            if self.value == 0, self.headerBytes == 0 { count += 1 }
        }
        return count
    }

    /// Little-endian.
    private mutating func passHeaderByte(_ byte: UInt8, _ framing: Framing) {
        self.value |= UInt32(byte) << (8 * UInt32(self.headerBytes))
        self.headerBytes += 1
        if self.headerBytes == framing.size { self.headerBytes = 0 }
    }
}
