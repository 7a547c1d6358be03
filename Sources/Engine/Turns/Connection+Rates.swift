import Wire

/// The rates of a connection's input.
///
/// Over TCP, the excess waits until the rate admits it, and the connection is not read in the meantime. Over UDP, the
/// excess is dropped.
extension Connection {
    /// The first datagrams of a run that the rates admit now.
    func share(of run: DatagramRun) -> DatagramRun {
        guard self.receiveRates != nil else { return run }
        return self.receiveRates?.share(of: run, at: self.shard.loop.now) ?? run
    }

    /// The number of datagrams that the rates admit now, of any length.
    var datagramsMax: Int {
        guard self.receiveRates != nil else { return .max }
        return self.receiveRates?.datagramsMax(at: self.shard.loop.now) ?? .max
    }

    /// Counts received datagrams and charges them to the rates.
    ///
    /// Over TCP, it is called for the datagrams that the service took; over UDP, for all datagrams.
    ///
    /// - Parameter bytes: includes the headers.
    /// - Returns: the rate that they exceeded. It is nil for datagrams that `share(of:)` admitted.
    @discardableResult
    func received(datagrams: Int, bytes: Int) -> ConnectionLimit? {
        self.traffic.datagramsIn &+= UInt64(datagrams)
        self.traffic.bytesIn &+= UInt64(bytes)
        guard self.receiveRates != nil else { return nil }
        return self.receiveRates?.received(datagrams: datagrams, bytes: bytes, at: self.shard.loop.now)
    }

    /// Returns why the next datagram has to wait.
    ///
    /// - Parameter frameBytes: the size of that datagram, including its header.
    /// - Returns: nil if no rate holds it back.
    func wait(frameBytes: Int) -> RateWait? {
        guard let rates = self.receiveRates else { return nil }
        let now = self.shard.loop.now
        if self.heldBackBytes > 0 { return rates.wait(broadcastBytes: self.heldBackCost, at: now) }
        return rates.wait(frameBytes: frameBytes, at: now)
    }

    /// Charges a broadcast to the broadcast rate, and sends the datagrams that the rate admits now.
    ///
    /// The others are held back. If holding them back is not possible, the connection has passed the limit.
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

    /// Whether the last datagrams of a run can be delivered to the service again.
    ///
    /// They must lie in the service's current run, and no other part of this run may be held back already.
    private func canHoldBack(_ run: DatagramRun) -> Bool {
        guard self.isHandingOn, self.heldBackBytes == 0, let handedOn = self.shard.handedOn else { return false }
        guard let start = handedOn.baseAddress, let part = run.bytes.baseAddress else { return false }
        return part >= start && part + run.bytes.count <= start + handedOn.count
    }

    /// Handles an excess over a rate: over TCP the connection is closed, over UDP the excess is only counted.
    ///
    /// A closed UDP connection would open again with the next datagram.
    func pass(_ limit: ConnectionLimit) {
        if self.isUDP {
            self.shard.exceeded(limit, by: self)
        } else {
            self.shard.close(self, passing: limit)
        }
    }
}
