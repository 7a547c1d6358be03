extension ReceiveRates {
    /// The first datagrams of a run that the rates admit now. The rates are not charged.
    func share(of run: DatagramRun, at now: Instant) -> DatagramRun {
        run.prefix(bytesMax: self.bytesMax(at: now), datagramsMax: self.datagramsMax(at: now))
    }

    /// The first datagrams of a run that may be broadcast now. The broadcast rate is charged for them.
    ///
    /// - Parameter receivers: the number of connections that receive the broadcast.
    mutating func broadcast(_ run: DatagramRun, to receivers: Int, at now: Instant) -> DatagramRun {
        var bytesMax = self.broadcastBytesMax(to: receivers, at: now)
        // Over UDP a run is one datagram. `prefix` would also count the bytes of its record that are not on the wire.
        if run.framing == .udp, run.wireByteCount <= bytesMax { bytesMax = .max }
        let share = run.prefix(bytesMax: bytesMax)
        self.broadcast(bytes: share.wireByteCount, to: receivers, at: now)
        return share
    }
}
