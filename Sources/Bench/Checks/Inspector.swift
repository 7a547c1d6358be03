import Engine

/// Checks the datagrams that one connection receives: order, duplicates, and unexpected ones.
struct Inspector: Sendable {
    private let reach: Reach
    private let connection: Int
    private let tag: UInt16
    private let payloadBytes: Int
    /// One for each publisher. With echoes, only the connection's own, if it publishes.
    private var tracks: [SequenceTrack]

    /// Makes the inspector of a connection.
    ///
    /// - Parameter connection: its number. The publishers are the connections from 0 on.
    init(of connection: Int, in workload: Workload, tag: UInt16) {
        self.reach = workload.reach
        self.connection = connection
        self.tag = tag
        self.payloadBytes = workload.options.payloadBytes
        let isEcho = workload.reach == .echo
        let count = isEcho ? (connection < workload.publishers ? 1 : 0) : workload.publishers
        self.tracks = Array(repeating: SequenceTrack(), count: count)
    }

    /// The number of a publisher's datagrams that have arrived here or were overtaken by a later one.
    func progress(of publisher: Int) -> UInt32 {
        self.track(of: publisher).map { self.tracks[$0].next } ?? 0
    }

    /// Checks the datagrams of a run.
    ///
    /// - Parameter now: the time at which the run was read, in nanoseconds.
    @inline(__always)
    mutating func inspect(_ run: DatagramRun, at now: UInt64, _ counts: inout Counts, _ latencies: inout Latencies) {
        run.forEachPayload { payload in self.inspect(payload: payload, at: now, &counts, &latencies) }
    }

    @inline(__always)
    mutating func inspect(
        payload: UnsafeRawBufferPointer,
        at now: UInt64,
        _ counts: inout Counts,
        _ latencies: inout Latencies
    ) {
        guard let stamp = Stamp(payload), stamp.tag == self.tag, payload.count == self.payloadBytes else {
            if !Self.isProbe(payload, of: self.tag) { counts.foreign += 1 }
            return
        }
        guard let track = self.track(of: Int(stamp.publisher)) else {
            counts.strays += 1
            return
        }
        switch self.tracks[track].arrived(stamp.sequence) {
        case .duplicate:
            counts.duplicates += 1
            return
        case .late: counts.disordered += 1
        case .inOrder: break
        }
        counts.delivered += 1
        latencies.record(sentAt: stamp.sentAt, receivedAt: now)
    }

    /// Late probes can arrive after the run has begun.
    private static func isProbe(_ payload: UnsafeRawBufferPointer, of tag: UInt16) -> Bool {
        Stamp(payload)?.tag == Stamp.probeTag(of: tag)
    }

    /// nil when the publisher's datagrams should not arrive here.
    @inline(__always)
    private func track(of publisher: Int) -> Int? {
        switch self.reach {
        case .echo: publisher == self.connection && !self.tracks.isEmpty ? 0 : nil
        case .broadcast: publisher < self.tracks.count ? publisher : nil
        case .others: publisher < self.tracks.count && publisher != self.connection ? publisher : nil
        }
    }
}
