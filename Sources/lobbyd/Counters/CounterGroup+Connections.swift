import Engine

extension CounterGroup<ConnectionCounts> {
    /// Every counter of the engine except those of `UDPCounts`, in the order of the documents.
    static let engine = [Self.connections, Self.refusals, Self.closes, Self.limits, Self.traffic]

    private static let connections = CounterGroup(
        "Connections",
        [
            .gauge("connections_open", "Open connections.") { $0.open },
            .count("connections_opened", "Connections that have opened.") { $0.opened },
            .count("connections_cut", "Connections that lobbyd cut at the end of `drain`, with data left to send.") {
                $0.cut
            },
            .count("limit_reached", "Times that the last free slot under `connections` was taken.") { $0.limitReached },
            .count(
                "listeners_reopened",
                "Times that the system closed a TCP listener's socket and lobbyd opened it again."
            ) { $0.listenersReopened },
            .gauge("pending_bytes", "Bytes queued for clients, without the buffers of the kernel.") { $0.pendingBytes },
        ]
    )

    private static let refusals = CounterGroup(
        "Refused clients, by refusal reason",
        RefusalReason.allCases.map { reason in
            .count("refused_\(reason.counterName)", reason.meaning) { $0.refused[reason] ?? 0 }
        }
    )

    private static let closes = CounterGroup(
        "Closed connections, by close reason",
        CloseReason.allCases.map { reason in
            .count("ended_\(reason.counterName)", reason.meaning) { $0.ended[reason] ?? 0 }
        }
    )

    private static let limits = CounterGroup(
        "Exceeded limits, by setting",
        ConnectionLimit.allCases.map { limit in
            .count("exceeded_\(limit.rawValue)", limit.meaning) { $0.exceeded[limit] ?? 0 }
        }
    )

    private static let traffic = CounterGroup(
        "Traffic",
        [
            .count("datagrams_in", "Whole datagrams that lobbyd received.") { $0.traffic.datagramsIn },
            .count("datagrams_out", "Datagrams that lobbyd gave to the kernel or queued.") { $0.traffic.datagramsOut },
            .count("datagrams_dropped", "Received datagrams that a route dropped.") { $0.traffic.datagramsDropped },
            .count(
                "datagrams_unframeable",
                """
                Broadcast datagrams that lobbyd did not send because they are too long for the receiver's header: over 65,535 \
                bytes with `header_size = 2`, over 1,500 bytes over UDP.
                """
            ) { $0.traffic.datagramsUnframeable },
            .count("datagrams_unsent", "Datagrams that slow clients did not get, with `slow_consumer = \"drop\"`.") {
                $0.traffic.datagramsUnsent
            },
            .count("bytes_in", "Bytes of `datagrams_in`, headers included.") { $0.traffic.bytesIn },
            .count("bytes_out", "Bytes of `datagrams_out`, headers included.") { $0.traffic.bytesOut },
        ]
    )
}

extension ConnectionCounts {
    /// Each of its counts, in the order of the documents.
    var counters: [Counter] {
        CounterGroup.engine.flatMap { $0.values(in: self) } + CounterGroup.udpLosses.values(in: self.udp)
            + CounterGroup.udpSockets.values(in: self.udp)
    }
}
