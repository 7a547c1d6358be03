/// Finds the run of whole frames at the start of received bytes, in place: it copies and decodes no bytes.
///
/// A frame is a payload and the header that its `Framing` puts before it. The bytes after the run begin a frame that is
/// incomplete, too long, or beyond the requested number of frames.
public struct FrameScanner: Sendable {
    /// The framing of the received bytes.
    public let framing: Framing
    /// The longest accepted payload, in bytes. At most `framing.payloadBytesMax`.
    public let payloadBytesMax: Int

    /// The whole frames at the start of received bytes.
    public struct Run: Sendable, Equatable {
        /// Bytes of the whole frames, headers included.
        public var byteCount = 0
        /// The number of whole frames.
        public var datagramCount = 0
        /// The payload length in the next frame's header if it exceeds `payloadBytesMax`; otherwise nil.
        ///
        /// The frames before this header are whole and usable. The bytes after it must not be used.
        public var oversizedPayloadBytes: Int?

        /// An empty run by default.
        @inlinable
        public init(byteCount: Int = 0, datagramCount: Int = 0, oversizedPayloadBytes: Int? = nil) {
            self.byteCount = byteCount
            self.datagramCount = datagramCount
            self.oversizedPayloadBytes = oversizedPayloadBytes
        }
    }

    /// - Parameter payloadBytesMax: the longest accepted payload, in bytes; reduced to `framing.payloadBytesMax`.
    public init(framing: Framing, payloadBytesMax: Int) {
        self.framing = framing
        self.payloadBytesMax = min(payloadBytesMax, framing.payloadBytesMax)
    }

    /// Scans frame by frame from the start of `bytes`.
    ///
    /// A length over the limit ends the scan as soon as its header is complete, even if the payload has not arrived.
    ///
    /// - Parameter datagramsMax: the scan ends after this many frames.
    @inlinable
    public func scan(_ bytes: UnsafeRawBufferPointer, datagramsMax: Int = .max) -> Run {
        var run = Run()
        while run.datagramCount < datagramsMax, bytes.count - run.byteCount >= self.framing.size {
            let payloadBytes = self.framing.payloadBytes(in: bytes, at: run.byteCount)
            guard payloadBytes <= self.payloadBytesMax else {
                run.oversizedPayloadBytes = payloadBytes
                return run
            }
            let frameBytes = self.framing.size + payloadBytes
            guard bytes.count - run.byteCount >= frameBytes else { return run }
            run.byteCount += frameBytes
            run.datagramCount += 1
        }
        return run
    }
}
