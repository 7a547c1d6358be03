/// Periodic checks of all connections for timeouts, instead of one timer per connection.
extension Shard {
    /// The interval between two checks of a connection. A timeout is noticed up to two intervals late.
    static let sweepInterval = Duration.milliseconds(250)
    /// The minimum interval, used with short timeouts: the interval is at most a quarter of the shortest timeout.
    static let sweepIntervalMin = Duration.milliseconds(10)
    /// The maximum number of connections that one turn closes.
    ///
    /// Thousands of closes in one turn would make the other connections wait.
    static let sweepClosesMax = 100
    /// The pause before the sweep closes more.
    static let sweepPause = Duration.milliseconds(2)

    /// Starts a sweep. A no-op if one is running, if there is no connection, or if no limit is a timeout.
    func startSweeping() {
        guard !self.isSweeping, !self.table.isEmpty, let interval = self.limits.sweepInterval else { return }
        self.isSweeping = true
        self.sweep(after: interval, downFrom: .max)
    }

    private func sweep(after time: Duration, downFrom end: Int) {
        let due = self.loop.now + time
        // Due timers run after the ready sockets, so received data is read before the check.
        self.loop.schedule(after: time) { [unowned self] in
            let now = self.loop.now
            self.tickClock(due: due, at: now)
            let left = self.sweep(downFrom: end, at: now)
            guard left == 0 else { return self.sweep(after: Self.sweepPause, downFrom: left) }
            self.isSweeping = false
            self.startSweeping()
        }
    }

    /// Notes the time in which the loop could not read from its peers. Called when a check was due.
    func tickClock(due: Instant, at now: Instant) {
        self.clock.look(due: due, shutTime: self.readGate.takeShutTime(at: now), at: now)
    }

    /// Checks the first `end` connections of the table, from the last to the first.
    ///
    /// A close moves the last connection of the table into the gap. In this order, that connection was checked already.
    ///
    /// - Returns: the number of connections that are left for later.
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
    /// The timeout that the connection has passed.
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

    /// The timeout of a connection with held input. Its other input timeouts are paused, because it is not read.
    private func limitPassed(holding held: HeldInput, ageMax: Duration?, at now: Instant) -> ConnectionLimit? {
        let readingTime = self.shard.clock.reading(at: now)
        self.receiveWatch.restart(at: readingTime)
        return held.isTooOld(ageMax, at: readingTime) ? .throttleAge : nil
    }
}

extension Limits {
    /// nil if no limit is a timeout.
    fileprivate var sweepInterval: Duration? {
        let throttleAge = self.hasRates ? self.throttleAge ?? HeldInput.ageMaxWithoutPeer : nil
        let times = [self.pendingAge, self.frameTimeout, self.idleTimeout, throttleAge].compactMap { $0 }
        guard let shortest = times.min() else { return nil }
        return max(Shard.sweepIntervalMin, min(Shard.sweepInterval, shortest / 4))
    }
}
