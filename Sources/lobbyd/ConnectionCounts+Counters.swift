import Engine

extension ConnectionCounts {
    /// Each of its counts, in an order for people.
    var counters: [Counter] {
        let connections = [
            Counter("connections_open", self.open), Counter("connections_opened", self.opened),
            Counter("connections_cut", self.cut), Counter("limit_reached", self.limitReached),
            Counter("listeners_reopened", self.listenersReopened), Counter("pending_bytes", self.pendingBytes),
        ]
        let refused = RefusalReason.allCases.map { Counter("refused_\($0.counterName)", self.refused[$0] ?? 0) }
        let ended = CloseReason.allCases.map { Counter("ended_\($0.counterName)", self.ended[$0] ?? 0) }
        let exceeded = ConnectionLimit.allCases.map { Counter("exceeded_\($0.rawValue)", self.exceeded[$0] ?? 0) }
        return connections + refused + ended + exceeded + self.traffic.counters + self.udp.counters
    }
}

extension Traffic {
    fileprivate var counters: [Counter] {
        [
            Counter("datagrams_in", self.datagramsIn), Counter("datagrams_out", self.datagramsOut),
            Counter("datagrams_dropped", self.datagramsDropped),
            Counter("datagrams_unframeable", self.datagramsUnframeable),
            Counter("datagrams_unsent", self.datagramsUnsent), Counter("bytes_in", self.bytesIn),
            Counter("bytes_out", self.bytesOut),
        ]
    }
}

extension UDPCounts {
    fileprivate var counters: [Counter] {
        self.losses + [Counter("udp_reopened", self.reopened)]
    }

    /// Those of datagrams that were not taken or not sent.
    var losses: [Counter] {
        [
            Counter("udp_checksum_failures", self.checksumFailures), Counter("udp_runts", self.runts),
            Counter("udp_oversized", self.oversized), Counter("udp_unanswerable", self.unanswerable),
            Counter("udp_unadmitted", self.unadmitted), Counter("udp_kernel_drops", self.kernelDrops),
            Counter("udp_withheld", self.withheld), Counter("udp_unsent", self.unsent),
        ]
    }
}
