/// Received bytes of one connection that its service gets later. Event loop only.
///
/// They are the end of a read that costs too much for one turn, or that a rate does not admit yet. The connection is
/// not read in the meantime, so the size of one read limits the held bytes.
final class HeldInput {
    /// The minimum time until a rate is checked again. With a high rate, each datagram would otherwise cost a turn.
    static let pauseMin = Duration.milliseconds(10)
    /// The maximum time for which a rate may hold back the data of a peer that has hung up.
    ///
    /// The connection still occupies a slot, so this limit applies if `Limits.throttleAge` sets no limit.
    static let ageMaxWithoutPeer = Duration.seconds(10)

    private var storage = Bytes()
    /// The number of stored bytes that were handed on.
    private var start = 0
    /// Whether it is in its shard's queue.
    var isQueued = false
    /// The time at which a rate began to hold the bytes back, on the loop's input clock; nil if no rate has.
    private var throttledSince: Instant?
    /// The timer that continues the input once the rate admits more.
    private var resumption: Timer?
    private let loop: EventLoop

    /// - Parameter bytes: are copied.
    init(_ bytes: Slice<UnsafeRawBufferPointer>, loop: EventLoop) {
        self.storage.append(UnsafeRawBufferPointer(rebasing: bytes))
        self.loop = loop
    }

    var byteCount: Int { self.storage.count - self.start }

    /// The bytes that are left. Valid until the next change.
    var view: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self.storage.view[self.start...]) }

    /// Removes the first bytes, which were handed on.
    ///
    /// A large buffer that is mostly empty is replaced by a small one, because limits count the bytes and not the
    /// memory.
    func drop(_ byteCount: Int) {
        self.start += byteCount
        let left = self.byteCount
        guard self.storage.capacity > StreamReader.tailBytesKept, left < self.storage.capacity / 4 else { return }
        var rest = Bytes()
        rest.append(self.view)
        swap(&rest, &self.storage)
        self.start = 0
    }

    /// Notes that a rate holds the bytes back until `resumption`.
    ///
    /// - Returns: whether this is the start of the delay.
    func throttle(at now: Instant, until resumption: Timer) -> Bool {
        self.loop.cancel(self.resumption)
        self.resumption = resumption
        guard self.throttledSince == nil else { return false }
        self.throttledSince = now
        return true
    }

    /// Whether a rate has held the bytes back for `ageMax` or longer.
    func isTooOld(_ ageMax: Duration?, at now: Instant) -> Bool {
        guard let ageMax, let throttledSince else { return false }
        // The loop's clock moves back when a stall is noticed late.
        let since = min(now, throttledSince)
        self.throttledSince = since
        return now - since >= ageMax
    }

    /// Cancels the timer. Call it before the held bytes are discarded.
    func end() {
        self.loop.cancel(self.resumption)
    }
}
