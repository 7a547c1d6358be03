/// Whether one connection is too slow in what it sends: looked at now and then, so that receiving costs nothing.
///
/// What happened between two looks counts from the second one on: an end comes late by up to two intervals, and never early.
struct ReceiveWatch {
    /// What had come at the last look.
    struct Progress: Equatable {
        /// Of the whole stream, what is no whole datagram yet included.
        var bytes: UInt64
        var datagrams: UInt64
        /// Whether a datagram has begun to come.
        var isMidFrame: Bool
    }

    private var last = Progress(bytes: 0, datagrams: 0, isMidFrame: false)
    private var heardAt: Instant
    /// Of the datagram that has begun to come, if any.
    private var frameSince: Instant

    init(at now: Instant) {
        self.heardAt = now
        self.frameSince = now
    }

    /// - Returns: the limit that was passed.
    mutating func look(_ progress: Progress, _ limits: Limits, at now: Instant) -> ConnectionLimit? {
        if progress.bytes != self.last.bytes { self.heardAt = now }
        let isSameFrame = self.last.isMidFrame && progress.datagrams == self.last.datagrams
        if !isSameFrame { self.frameSince = now }
        self.last = progress
        if progress.isMidFrame, limits.frameTimeout.isOver(from: self.frameSince, to: now) { return .frameTimeout }
        return limits.idleTimeout.isOver(from: self.heardAt, to: now) ? .idleTimeout : nil
    }

    /// Nothing was to be received since the last look: what came before waits.
    mutating func restart(at now: Instant) {
        self.heardAt = now
        self.frameSince = now
    }
}

extension Duration? {
    fileprivate func isOver(from start: Instant, to now: Instant) -> Bool {
        self.map { now - start >= $0 } ?? false
    }
}
