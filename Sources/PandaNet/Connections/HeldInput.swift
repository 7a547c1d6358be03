import NIOCore

/// What one connection has received and its receiver gets later: the end of a read that costs too much for one pass of the
/// event loop, or that a rate does not let through yet. Event loop only.
///
/// Nothing more is read meanwhile, but for what NIO reads by itself when the peer ends: at most `ReceiveBuffer.byteCount` and
/// `ConnectionListener.receiveBufferBytes` are held.
final class HeldInput {
    /// The least time until a rate is asked again, so that a high one does not cost a pass for each datagram.
    static let pauseMin = TimeAmount.milliseconds(10)

    var bytes: ByteBuffer
    /// Whether it stands in its shard's queue.
    var isQueued = false
    /// Since when a rate has held it up, on the clock of the loop for reading; nil while none has.
    private var throttledSince: NIODeadline?
    /// Goes on once a rate lets something through.
    private var resumption: Scheduled<Void>?

    /// - Parameter bytes: copied.
    init(_ bytes: Slice<UnsafeRawBufferPointer>) {
        self.bytes = ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: bytes))
    }

    /// A rate holds it up until `resumption`.
    ///
    /// - Returns: whether that has just begun.
    func throttle(at now: NIODeadline, until resumption: Scheduled<Void>) -> Bool {
        self.resumption?.cancel()
        self.resumption = resumption
        guard self.throttledSince == nil else { return false }
        self.throttledSince = now
        return true
    }

    /// Whether a rate has held it up for as long as data may wait.
    func isTooOld(_ ageMax: Duration?, at now: NIODeadline) -> Bool {
        guard let ageMax, let throttledSince else { return false }
        return now - throttledSince >= TimeAmount(ageMax)
    }

    /// It is over.
    func end() {
        self.resumption?.cancel()
    }
}
