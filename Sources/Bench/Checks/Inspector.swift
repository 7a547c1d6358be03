import Engine

/// Checks what one connection receives: order, duplicates, and whether it should have got it at all.
struct Inspector: Sendable {
    private let reach: Reach
    private let connection: Int
    private let tag: UInt16
    private let payloadBytes: Int
    /// One for each publisher; for echoes only its own, if it publishes.
    private var tracks: [SequenceTrack]

    /// - Parameter connection: its number; the publishers are those from 0 on.
    init(of connection: Int, in workload: Workload, tag: UInt16) {
        self.reach = workload.reach
        self.connection = connection
        self.tag = tag
        self.payloadBytes = workload.options.payloadBytes
        let isEcho = workload.reach == .echo
        let count = isEcho ? (connection < workload.publishers ? 1 : 0) : workload.publishers
        self.tracks = Array(repeating: SequenceTrack(), count: count)
    }

    /// How many datagrams of a publisher that this connection should get have come or been overtaken.
    func progress(of publisher: Int) -> UInt32 {
        self.track(of: publisher).map { self.tracks[$0].next } ?? 0
    }

    /// - Parameter now: when the run was read, in nanoseconds.
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

    /// Probes may still come when the run has begun.
    private static func isProbe(_ payload: UnsafeRawBufferPointer, of tag: UInt16) -> Bool {
        Stamp(payload)?.tag == Stamp.probeTag(of: tag)
    }

    /// nil: its datagrams should not come here.
    @inline(__always)
    private func track(of publisher: Int) -> Int? {
        switch self.reach {
        case .echo: publisher == self.connection && !self.tracks.isEmpty ? 0 : nil
        case .broadcast: publisher < self.tracks.count ? publisher : nil
        case .others: publisher < self.tracks.count && publisher != self.connection ? publisher : nil
        }
    }
}
