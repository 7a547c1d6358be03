/// Finds the run of whole frames at the start of a stretch of bytes, in place: nothing is copied or decoded.
///
/// A frame is a payload and what its `Framing` puts before it. What follows the run is the beginning of a frame that has not all arrived.
public struct FrameScanner: Sendable {
    /// What stands before each payload.
    public let framing: Framing
    /// The longest payload that is taken, in bytes. Never more than `framing.payloadBytesMax`.
    public let payloadBytesMax: Int

    /// What a stretch of bytes begins with.
    public struct Run: Sendable, Equatable {
        /// Bytes of whole frames, headers included.
        public var byteCount = 0
        /// How many frames these are.
        public var datagramCount = 0
        /// Set when the next frame's header says more than `payloadBytesMax`: the payload length that it says.
        ///
        /// The frames before it are whole and may be used; nothing after it can be trusted.
        public var oversizedPayloadBytes: Int?

        /// Nothing, unless told otherwise.
        @inlinable
        public init(byteCount: Int = 0, datagramCount: Int = 0, oversizedPayloadBytes: Int? = nil) {
            self.byteCount = byteCount
            self.datagramCount = datagramCount
            self.oversizedPayloadBytes = oversizedPayloadBytes
        }
    }

    /// - Parameter payloadBytesMax: the longest payload that is taken, in bytes; cut to `framing.payloadBytesMax`.
    public init(framing: Framing, payloadBytesMax: Int) {
        self.framing = framing
        self.payloadBytesMax = min(payloadBytesMax, framing.payloadBytesMax)
    }

    /// Scans lengths from the start of `bytes`.
    ///
    /// A length over the limit ends the scan from the header alone, whether or not its payload is there.
    ///
    /// - Parameter datagramsMax: frames that are enough; the scan ends behind the last of them.
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
