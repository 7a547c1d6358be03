import NIOCore

/// Whether the connections of a shard may be read from, and which of them wait until they may. Event loop only.
struct ReadGate {
    /// Full inboxes of other shards.
    private var blockers = 0
    private var waiting: [ChannelHandlerContext] = []
    /// While it is shut: since when, as far as that is not in `shutTime`.
    private var shutSince = NIODeadline.uptimeNanoseconds(0)
    private var shutTime = TimeAmount.zero

    var isOpen: Bool { self.blockers == 0 }

    /// A read that was asked for while the gate is shut.
    mutating func wait(_ context: ChannelHandlerContext) {
        self.waiting.append(context)
    }

    mutating func block(at now: NIODeadline) {
        if self.isOpen { self.shutSince = now }
        self.blockers += 1
    }

    /// - Returns: the reads that may go on now.
    mutating func unblock(at now: NIODeadline) -> [ChannelHandlerContext] {
        precondition(self.blockers > 0, "an inbox that was emptied but never full")
        self.blockers -= 1
        guard self.isOpen else { return [] }
        self.shutTime = self.shutTime + (now - self.shutSince)
        defer { self.waiting = [] }
        return self.waiting
    }

    /// For how long it was shut since this was last asked.
    mutating func takeShutTime(at now: NIODeadline) -> TimeAmount {
        if !self.isOpen {
            self.shutTime = self.shutTime + (now - self.shutSince)
            self.shutSince = now
        }
        defer { self.shutTime = .zero }
        return self.shutTime
    }
}
