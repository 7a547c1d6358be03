import Wire

/// The rates of its input. Over TCP the excess waits until the rate lets it through, and no more is read before;
/// over UDP it is lost.
extension Connection {
    /// The first datagrams of a run that its rates let through now.
    func share(of run: DatagramRun) -> DatagramRun {
        guard self.receiveRates != nil else { return run }
        return self.receiveRates?.share(of: run, at: self.shard.loop.now) ?? run
    }

    /// How many datagrams its rates let through now, whatever their length.
    var datagramsMax: Int {
        guard self.receiveRates != nil else { return .max }
        return self.receiveRates?.datagramsMax(at: self.shard.loop.now) ?? .max
    }

    /// Counts the datagrams that its service has taken, or over UDP those that have come.
    ///
    /// - Parameter bytes: headers included.
    /// - Returns: the rate that they passed; nil for datagrams that were let through before.
    @discardableResult
    func received(datagrams: Int, bytes: Int) -> ConnectionLimit? {
        self.traffic.datagramsIn &+= UInt64(datagrams)
        self.traffic.bytesIn &+= UInt64(bytes)
        guard self.receiveRates != nil else { return nil }
        return self.receiveRates?.received(datagrams: datagrams, bytes: bytes, at: self.shard.loop.now)
    }

    /// Why its next datagram has to wait.
    ///
    /// - Parameter frameBytes: of that datagram, its header included.
    /// - Returns: nil when no rate is the reason.
    func wait(frameBytes: Int) -> RateWait? {
        guard let rates = self.receiveRates else { return nil }
        let now = self.shard.loop.now
        if self.heldBackBytes > 0 { return rates.wait(broadcastBytes: self.heldBackCost, at: now) }
        return rates.wait(frameBytes: frameBytes, at: now)
    }

    /// Charges a broadcast to its rate, and sends the datagrams that the rate lets through now. The others are held back, or
    /// have passed the limit.
    func broadcastCharged(_ run: DatagramRun, includingSender: Bool) {
        let receivers = self.shard.broadcastReceivers - (includingSender ? 0 : 1)
        let now = self.shard.loop.now
        let share = self.receiveRates?.broadcast(run, to: receivers, at: now) ?? run
        if share.datagramCount > 0 { self.shard.broadcast(share, from: self, includingSender: includingSender) }
        guard share.datagramCount < run.datagramCount else { return }
        let offset = self.isUDP ? Framing.udpWireOffset : 0
        let cost = receivers * (run.framing.frameBytes(in: run.bytes, at: share.bytes.count) - offset)
        let isTooMuchForever = self.receiveRates?.canBroadcast(bytes: cost) == false
        guard self.canHoldBack(run), !isTooMuchForever else { return self.pass(.broadcastBytesPerSecond) }
        self.heldBackBytes = run.bytes.count - share.bytes.count
        self.heldBackCost = cost
    }

    /// Whether the last datagrams of a run may come again: they are of the run that the service was called with, and nothing
    /// behind them has been broadcast.
    private func canHoldBack(_ run: DatagramRun) -> Bool {
        guard self.isHandingOn, self.heldBackBytes == 0, let handedOn = self.shard.handedOn else { return false }
        guard let start = handedOn.baseAddress, let part = run.bytes.baseAddress else { return false }
        return part >= start && part + run.bytes.count <= start + handedOn.count
    }

    /// It has brought more than it may. Over UDP that is only ignored: a connection that was closed would begin again with the
    /// next datagram.
    func pass(_ limit: ConnectionLimit) {
        if self.isUDP {
            self.shard.exceeded(limit, by: self)
        } else {
            self.shard.close(self, passing: limit)
        }
    }
}
