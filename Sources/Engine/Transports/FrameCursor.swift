import Wire

/// A cursor over a stream of frames. It counts the frames that end in each part of the stream.
///
/// A part may begin and end anywhere, even within a header.
struct FrameCursor {
    /// Within a header: the length read so far. Otherwise: the bytes left of the current frame.
    private var value: UInt32 = 0
    /// Bytes of the current header that have passed; 0 in a payload and between frames.
    private var headerBytes: UInt8 = 0

    init() {}

    /// - Parameter cutBytes: the bytes left of a partial frame at the start of the stream; 0 if the stream starts with
    ///   a whole frame.
    init(cutBytes: Int) {
        self.value = UInt32(cutBytes)
    }

    /// Moves past a part of the stream.
    ///
    /// - Returns: the number of frames that end in the part.
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

    /// Adds one byte of the header. The length is little-endian.
    private mutating func passHeaderByte(_ byte: UInt8, _ framing: Framing) {
        self.value |= UInt32(byte) << (8 * UInt32(self.headerBytes))
        self.headerBytes += 1
        if self.headerBytes == framing.size { self.headerBytes = 0 }
    }
}
