/// A reader that a read gate can stop. Event loop only.
protocol GatedReader: AnyObject {
    /// Whether it has sent broadcasts.
    var hasBroadcast: Bool { get }
    /// Whether it is in the gate's list of waiting readers.
    var isWaitingAtGate: Bool { get set }
    func readingMayGoOn()
}

/// Decides whether the connections of a shard may be read, and keeps a list of the readers that wait. Event loop only.
struct ReadGate {
    /// The number of posted deliveries that left another shard's inbox full, until that inbox has room again. While the
    /// number is above 0, no connection is read.
    private var blockers = 0
    /// Whether too much output is left of fan-outs. While true, connections that have broadcast are not read.
    private var hasFanOutsLeft = false
    private var waiting: [any GatedReader] = []
    /// Whether the gate has opened for at least some readers since the last `takeWaiting`.
    private var hasOpened = false
    /// While the gate is shut: the start of the time that is not yet added to `shutTime`.
    private var shutSince = Instant(nanoseconds: 0)
    private var shutTime = Duration.zero

    var isOpen: Bool { self.blockers == 0 }

    private var isShut: Bool { self.blockers > 0 || self.hasFanOutsLeft }

    /// Whether the reader may read now. If not, the shard later calls `readingMayGoOn`.
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
        precondition(self.blockers > 0, "an inbox has room again but was never full")
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

    /// Removes and returns the waiting readers, once after each opening.
    ///
    /// Readers that still may not read will wait again.
    mutating func takeWaiting() -> [any GatedReader] {
        guard self.hasOpened, self.blockers == 0 else { return [] }
        self.hasOpened = false
        defer { self.waiting = [] }
        for reader in self.waiting { reader.isWaitingAtGate = false }
        return self.waiting
    }

    /// The time for which the gate was shut since the last call.
    mutating func takeShutTime(at now: Instant) -> Duration {
        if self.isShut { self.shutTime += now - self.shutSince }
        self.shutSince = now
        defer { self.shutTime = .zero }
        return self.shutTime
    }
}
