import Wire

/// What the kernel did not take of a write: the end of a frame whose beginning it has, if it cut one, and whole frames.
struct UnsentFrames {
    let bytes: UnsafeRawBufferPointer
    /// How many frames end here.
    let datagramCount: Int
    /// Bytes of the frame that was cut; the peer has to get them whatever happens.
    let cutBytes: Int

    private init(bytes: UnsafeRawBufferPointer, datagramCount: Int, cutBytes: Int) {
        self.bytes = bytes
        self.datagramCount = datagramCount
        self.cutBytes = cutBytes
    }

    /// - Parameters:
    ///   - frames: `datagramCount` whole frames.
    ///   - sentBytes: how many of the bytes the kernel has taken.
    ///   - framing: of each frame; nil where nobody knows where frames begin.
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

    /// As many of the first frames as fit; the cut one is among them, also where it does not.
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
