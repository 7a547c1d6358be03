/// What one connection has received and its service gets later: the end of a read that costs too much for one turn of the event
/// loop, or that a rate does not let through yet. Event loop only.
///
/// Nothing more is read meanwhile, so that one read bounds what is held.
final class HeldInput {
    /// The least time until a rate is asked again, so that a high one does not cost a turn for each datagram.
    static let pauseMin = Duration.milliseconds(10)
    /// How long a rate may hold up the data of a peer that has gone, also where data may wait for ever: it keeps a place.
    static let ageMaxWithoutPeer = Duration.seconds(10)

    private var storage = Bytes()
    /// How much of the storage was handed on.
    private var start = 0
    /// Whether it stands in its shard's queue.
    var isQueued = false
    /// Since when a rate has held it up, on the clock of the loop for reading; nil while none has.
    private var throttledSince: Instant?
    /// Goes on once a rate lets something through.
    private var resumption: Timer?
    private let loop: EventLoop

    /// - Parameter bytes: copied.
    init(_ bytes: Slice<UnsafeRawBufferPointer>, loop: EventLoop) {
        self.storage.append(UnsafeRawBufferPointer(rebasing: bytes))
        self.loop = loop
    }

    var byteCount: Int { self.storage.count - self.start }

    /// Until the next change.
    var view: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self.storage.view[self.start...]) }

    /// The first bytes are handed on. The memory of many goes back once few are left: only those that are left are counted.
    func drop(_ byteCount: Int) {
        self.start += byteCount
        let left = self.byteCount
        guard self.storage.capacity > StreamReader.tailBytesKept, left < self.storage.capacity / 4 else { return }
        var rest = Bytes()
        rest.append(self.view)
        swap(&rest, &self.storage)
        self.start = 0
    }

    /// A rate holds it up until `resumption`.
    ///
    /// - Returns: whether that has just begun.
    func throttle(at now: Instant, until resumption: Timer) -> Bool {
        self.loop.cancel(self.resumption)
        self.resumption = resumption
        guard self.throttledSince == nil else { return false }
        self.throttledSince = now
        return true
    }

    /// Whether a rate has held it up for as long as data may wait.
    func isTooOld(_ ageMax: Duration?, at now: Instant) -> Bool {
        guard let ageMax, let throttledSince else { return false }
        // The clock stands back by a stall that was noticed later.
        let since = min(now, throttledSince)
        self.throttledSince = since
        return now - since >= ageMax
    }

    /// It is over.
    func end() {
        self.loop.cancel(self.resumption)
    }
}
