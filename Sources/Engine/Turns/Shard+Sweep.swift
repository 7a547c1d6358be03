/// What is found out about connections by looking at each of them now and then, instead of with a timer for each.
extension Shard {
    /// How often each connection is looked at. What is found is noticed up to two intervals late.
    static let sweepInterval = Duration.milliseconds(250)
    /// With timeouts shorter than that would do for.
    static let sweepIntervalMin = Duration.milliseconds(10)
    /// Connections that are closed in one turn, whatever they have passed; thousands would let the others wait.
    static let sweepClosesMax = 100
    /// Until the next ones are.
    static let sweepPause = Duration.milliseconds(2)

    /// Begins, unless it has, or there is nothing to look at or to look for.
    func startSweeping() {
        guard !self.isSweeping, !self.table.isEmpty, let interval = self.limits.sweepInterval else { return }
        self.isSweeping = true
        self.sweep(after: interval, downFrom: .max)
    }

    private func sweep(after time: Duration, downFrom end: Int) {
        let due = self.loop.now + time
        // Timers come behind the sockets: the loop has read from them when it looks.
        self.loop.schedule(after: time) { [unowned self] in
            let now = self.loop.now
            self.tickClock(due: due, at: now)
            let left = self.sweep(downFrom: end, at: now)
            guard left == 0 else { return self.sweep(after: Self.sweepPause, downFrom: left) }
            self.isSweeping = false
            self.startSweeping()
        }
    }

    /// Notes for how long the loop could not hear its peers. A look at them was due.
    func tickClock(due: Instant, at now: Instant) {
        self.clock.look(due: due, shutTime: self.readGate.takeShutTime(at: now), at: now)
    }

    /// Looks at the first `end` connections of the table, from the last one on: what closes is replaced by one that was
    /// looked at already.
    ///
    /// - Returns: how many are left for later.
    func sweep(downFrom end: Int, at now: Instant) -> Int {
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
    fileprivate func limitPassed(at now: Instant) -> ConnectionLimit? {
        let limits = self.shard.limits
        if let ageMax = limits.pendingAge, !self.pending.isEmpty {
            if self.pending.isTooOld(ageMax, at: self.shard.clock.writing(at: now)) { return .pendingAge }
        }
        guard let source else { return nil }
        if let held = source.held {
            let ageMax = limits.throttleAge ?? (source.isHungUp ? HeldInput.ageMaxWithoutPeer : nil)
            return self.limitPassed(holding: held, ageMax: ageMax, at: now)
        }
        guard limits.frameTimeout != nil || limits.idleTimeout != nil else { return nil }
        return self.receiveWatch.look(source.progress, limits, at: self.shard.clock.reading(at: now))
    }

    /// It is not read meanwhile.
    private func limitPassed(holding held: HeldInput, ageMax: Duration?, at now: Instant) -> ConnectionLimit? {
        let readingTime = self.shard.clock.reading(at: now)
        self.receiveWatch.restart(at: readingTime)
        return held.isTooOld(ageMax, at: readingTime) ? .throttleAge : nil
    }
}

extension Limits {
    /// nil when no limit is one of time.
    fileprivate var sweepInterval: Duration? {
        let throttleAge = self.hasRates ? self.throttleAge ?? HeldInput.ageMaxWithoutPeer : nil
        let times = [self.pendingAge, self.frameTimeout, self.idleTimeout, throttleAge].compactMap { $0 }
        guard let shortest = times.min() else { return nil }
        return max(Shard.sweepIntervalMin, min(Shard.sweepInterval, shortest / 4))
    }
}
