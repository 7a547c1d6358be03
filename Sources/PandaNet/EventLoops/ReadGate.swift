import NIOCore

/// Whether the connections of a shard may be read from, and which of them wait until they may. Event loop only.
struct ReadGate {
    /// Full inboxes of other shards.
    private var blockers = 0
    private var waiting: [ChannelHandlerContext] = []

    var isOpen: Bool { self.blockers == 0 }

    /// A read that was asked for while the gate is shut.
    mutating func wait(_ context: ChannelHandlerContext) {
        self.waiting.append(context)
    }

    mutating func block() {
        self.blockers += 1
    }

    /// - Returns: the reads that may go on now.
    mutating func unblock() -> [ChannelHandlerContext] {
        precondition(self.blockers > 0, "an inbox that was emptied but never full")
        self.blockers -= 1
        guard self.isOpen else { return [] }
        defer { self.waiting = [] }
        return self.waiting
    }
}
