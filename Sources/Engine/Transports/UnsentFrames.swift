import Wire

/// The part of a write that the kernel did not take: the rest of a cut frame, if any, and then whole frames.
///
/// A frame is cut if the kernel took only its beginning.
struct UnsentFrames {
    let bytes: UnsafeRawBufferPointer
    /// The number of frames that end here.
    let datagramCount: Int
    /// The unsent bytes of the cut frame; 0 if no frame was cut. They must be sent: the peer already has the beginning.
    let cutBytes: Int

    private init(bytes: UnsafeRawBufferPointer, datagramCount: Int, cutBytes: Int) {
        self.bytes = bytes
        self.datagramCount = datagramCount
        self.cutBytes = cutBytes
    }

    /// - Parameters:
    ///   - frames: exactly `datagramCount` whole frames.
    ///   - sentBytes: the number of bytes that the kernel has taken.
    ///   - framing: the framing of the frames; nil when the program frames its bytes itself.
    init(of frames: UnsafeRawBufferPointer, datagramCount: Int, sentBytes: Int, framing: Framing?) {
        var (end, gone) = (0, 0)
        if let framing {
            while end < sentBytes {
                end += framing.frameBytes(in: frames, at: end)
                gone += 1
            }
        }
        let cutBytes = max(end - sentBytes, 0)
        self.bytes = UnsafeRawBufferPointer(rebasing: frames[sentBytes...])
        self.datagramCount = datagramCount - gone + (cutBytes > 0 ? 1 : 0)
        self.cutBytes = cutBytes
    }

    /// The first frames that fit. The rest of a cut frame is always included, even if it does not fit.
    func prefix(bytesMax: Int, datagramsMax: Int, framing: Framing) -> UnsentFrames {
        var (end, count) = (self.cutBytes, self.cutBytes > 0 ? 1 : 0)
        while end < self.bytes.count, count < datagramsMax {
            let next = end + framing.frameBytes(in: self.bytes, at: end)
            guard next <= bytesMax else { break }
            end = next
            count += 1
        }
        let kept = UnsafeRawBufferPointer(rebasing: self.bytes[..<end])
        return UnsentFrames(bytes: kept, datagramCount: count, cutBytes: self.cutBytes)
    }
}
