import NIOCore

/// What one connection has received and its receiver gets later: the end of a read that costs too much for one pass of the
/// event loop, or that a rate does not let through yet. Event loop only.
///
/// Nothing more is read meanwhile, but for what NIO reads by itself when the peer ends: at most `ReceiveBuffer.byteCount` and
/// twice `ConnectionListener.receiveBufferBytes`, which Linux doubles, are held.
final class HeldInput {
    /// The least time until a rate is asked again, so that a high one does not cost a pass for each datagram.
    static let pauseMin = TimeAmount.milliseconds(10)
    /// How long a rate may hold up the data of a peer that has gone, also where data may wait for ever: it keeps a place.
    static let ageMaxWithoutPeer = Duration.seconds(10)

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

    /// The first bytes are handed on. The memory of many goes back once few are left: only those that are left are counted.
    func drop(_ byteCount: Int) {
        self.bytes.moveReaderIndex(forwardBy: byteCount)
        let left = self.bytes.readableBytes
        guard self.bytes.capacity > ConnectionReader.tailBytesKept, left < self.bytes.capacity / 4 else { return }
        self.bytes = ByteBuffer(bytes: self.bytes.readableBytesView)
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
        // The clock stands back by a stall that was noticed later.
        let since = min(now, throttledSince)
        self.throttledSince = since
        return now - since >= TimeAmount(ageMax)
    }

    /// It is over.
    func end() {
        self.resumption?.cancel()
    }
}
