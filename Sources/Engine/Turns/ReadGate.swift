/// Something that is read from, as far as the loop's gate is open. Event loop only.
protocol GatedReader: AnyObject {
    /// Whether it brings what goes to many.
    var hasBroadcast: Bool { get }
    /// Whether it stands in the gate's list.
    var isWaitingAtGate: Bool { get set }
    func readingMayGoOn()
}

/// Whether the connections of a shard may be read from, and which of them wait until they may. Event loop only.
struct ReadGate {
    /// Full inboxes of other shards: nobody is read from.
    private var blockers = 0
    /// Too much is left of fan-outs: nobody is read from that has broadcast.
    private var hasFanOutsLeft = false
    private var waiting: [any GatedReader] = []
    /// Whether it has opened, for some readers at least, since those that wait were told.
    private var hasOpened = false
    /// While it is shut: since when, as far as that is not in `shutTime`.
    private var shutSince = Instant(nanoseconds: 0)
    private var shutTime = Duration.zero

    var isOpen: Bool { self.blockers == 0 }

    private var isShut: Bool { self.blockers > 0 || self.hasFanOutsLeft }

    /// Whether the reader may read now; if not, it is told once it may.
    mutating func admits(_ reader: any GatedReader) -> Bool {
        guard self.isShut, self.blockers > 0 || reader.hasBroadcast else { return true }
        if !reader.isWaitingAtGate {
            reader.isWaitingAtGate = true
            self.waiting.append(reader)
        }
        return false
    }

    mutating func block(at now: Instant) {
        self.change(at: now) { $0.blockers += 1 }
    }

    mutating func unblock(at now: Instant) {
        precondition(self.blockers > 0, "an inbox that was emptied but never full")
        self.change(at: now) { $0.blockers -= 1 }
        self.hasOpened = true
    }

    mutating func setHasFanOutsLeft(_ isOn: Bool, at now: Instant) {
        guard isOn != self.hasFanOutsLeft else { return }
        self.change(at: now) { $0.hasFanOutsLeft = isOn }
        if !isOn { self.hasOpened = true }
    }

    private mutating func change(at now: Instant, _ body: (inout ReadGate) -> Void) {
        if self.isShut { self.shutTime += now - self.shutSince }
        self.shutSince = now
        body(&self)
    }

    /// The readers that wait, once after the gate has opened for some of them. Those for which it has not come back.
    mutating func takeWaiting() -> [any GatedReader] {
        guard self.hasOpened, self.blockers == 0 else { return [] }
        self.hasOpened = false
        defer { self.waiting = [] }
        for reader in self.waiting { reader.isWaitingAtGate = false }
        return self.waiting
    }

    /// For how long it was shut since this was last asked.
    mutating func takeShutTime(at now: Instant) -> Duration {
        if self.isShut { self.shutTime += now - self.shutSince }
        self.shutSince = now
        defer { self.shutTime = .zero }
        return self.shutTime
    }
}
