import NIOCore

/// What is found out about connections by looking at each of them now and then, instead of with a timer for each.
extension Shard {
    /// How often each connection is looked at. What is found is noticed up to two intervals late.
    static let sweepInterval = TimeAmount.milliseconds(250)
    /// With timeouts shorter than that would do for.
    static let sweepIntervalMin = TimeAmount.milliseconds(10)
    /// Connections that are closed in one turn, whatever they have passed; thousands would let the others wait.
    static let sweepClosesMax = 100
    /// Until the next ones are.
    static let sweepPause = TimeAmount.milliseconds(2)

    /// Begins, unless it has, or there is nothing to look at or to look for.
    func startSweeping() {
        guard !self.isSweeping, !self.table.isEmpty, let interval = self.limits.sweepInterval else { return }
        self.isSweeping = true
        self.sweep(after: interval, downFrom: .max)
    }

    private func sweep(after time: TimeAmount, downFrom end: Int) {
        let due = self.eventLoop.now + time
        // By way of the pipe: the loop has read from its sockets when it looks.
        self.pipe.post(after: time) {
            let now = self.eventLoop.now
            self.tickClock(due: due, at: now)
            let left = self.sweep(downFrom: end, at: now)
            guard left == 0 else { return self.sweep(after: Self.sweepPause, downFrom: left) }
            self.isSweeping = false
            self.startSweeping()
        }
    }

    /// Notes for how long the loop could not hear its peers. A look at them was due.
    func tickClock(due: NIODeadline, at now: NIODeadline) {
        self.clock.look(due: due, shutTime: self.readGate.takeShutTime(at: now), at: now)
    }

    /// Looks at the first `end` connections of the table, from the last one on: what closes is replaced by one that was
    /// looked at already.
    ///
    /// - Returns: how many are left for later.
    func sweep(downFrom end: Int, at now: NIODeadline) -> Int {
        var index = min(end, self.table.count)
        var closes = 0
        while index > 0, closes < Self.sweepClosesMax {
            index -= 1
            let connection = self.table.connections[index]
            guard connection.isOpen, let limit = connection.limitPassed(at: now) else { continue }
            self.close(connection, passing: limit)
            closes += 1
        }
        return index
    }
}

extension Connection {
    /// The limit of time that it has passed.
    fileprivate func limitPassed(at now: NIODeadline) -> ConnectionLimit? {
        let limits = self.shard.limits
        if let ageMax = limits.pendingAge, !self.pending.isEmpty || self.pendingAge.isMarked {
            let waiting = self.pending.byteCount
            let (end, age) = (self.pending.bytesEver, TimeAmount(ageMax))
            let writingTime = self.shard.clock.writing(at: now)
            if self.pendingAge.look(end: end, waiting: waiting, ageMax: age, at: writingTime) { return .pendingAge }
        }
        guard let handler else { return nil }
        if let held = handler.held {
            let ageMax = limits.throttleAge ?? (handler.hasNoPeer ? HeldInput.ageMaxWithoutPeer : nil)
            return self.limitPassed(holding: held, ageMax: ageMax, at: now)
        }
        guard limits.frameTimeout != nil || limits.idleTimeout != nil else { return nil }
        return self.receiveWatch.look(handler.progress(of: self), limits, at: self.shard.clock.reading(at: now))
    }

    /// It is not read meanwhile.
    private func limitPassed(holding held: HeldInput, ageMax: Duration?, at now: NIODeadline) -> ConnectionLimit? {
        let readingTime = self.shard.clock.reading(at: now)
        self.receiveWatch.restart(at: readingTime)
        return held.isTooOld(ageMax, at: readingTime) ? .throttleAge : nil
    }
}

extension Limits {
    /// nil when no limit is one of time.
    fileprivate var sweepInterval: TimeAmount? {
        let throttleAge = self.hasRates ? self.throttleAge ?? HeldInput.ageMaxWithoutPeer : nil
        let times = [self.pendingAge, self.frameTimeout, self.idleTimeout, throttleAge].compactMap { $0 }
        guard let shortest = times.min() else { return nil }
        return max(Shard.sweepIntervalMin, min(Shard.sweepInterval, .nanoseconds(TimeAmount(shortest).nanoseconds / 4)))
    }
}
