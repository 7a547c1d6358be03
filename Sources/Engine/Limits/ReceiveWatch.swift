/// Detects a connection that sends too slowly. It works at periodic checks and adds no cost to receiving.
///
/// An event between two checks counts as happening at the second check. A timeout is therefore detected late, by at
/// most two intervals, and never early.
struct ReceiveWatch {
    /// The connection's input up to a check.
    struct Progress: Equatable {
        /// Bytes of the whole stream, including an incomplete datagram.
        var bytes: UInt64
        var datagrams: UInt64
        /// Whether a datagram has arrived in part.
        var isMidFrame: Bool
    }

    private var last = Progress(bytes: 0, datagrams: 0, isMidFrame: false)
    private var heardAt: Instant
    /// The time of the check that first saw the incomplete datagram, if there is one.
    private var frameSince: Instant

    init(at now: Instant) {
        self.heardAt = now
        self.frameSince = now
    }

    /// - Returns: the limit that the connection has passed.
    mutating func look(_ progress: Progress, _ limits: Limits, at now: Instant) -> ConnectionLimit? {
        if progress.bytes != self.last.bytes { self.heardAt = now }
        let isSameFrame = self.last.isMidFrame && progress.datagrams == self.last.datagrams
        if !isSameFrame { self.frameSince = now }
        self.last = progress
        if progress.isMidFrame, limits.frameTimeout.isOver(from: self.frameSince, to: now) { return .frameTimeout }
        return limits.idleTimeout.isOver(from: self.heardAt, to: now) ? .idleTimeout : nil
    }

    /// Restarts both times. Called while the connection is not read because earlier input is delayed.
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
