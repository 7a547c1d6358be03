import Engine

extension CounterGroup<UDPCounts> {
    /// The datagrams that UDP sockets dropped.
    static let udpLosses = CounterGroup(
        "Dropped UDP datagrams",
        [
            .count("udp_checksum_failures", "Received datagrams whose checksum is wrong.") { $0.checksumFailures },
            .count("udp_runts", "Received datagrams that are empty or shorter than their header.") { $0.runts },
            .count("udp_oversized", "Received datagrams longer than `datagram_bytes` or 1,500 bytes.") { $0.oversized },
            .count(
                "udp_unanswerable",
                "Received datagrams from port 0, from an address that cannot be answered, or from lobbyd's own socket."
            ) { $0.unanswerable },
            .count(
                "udp_unadmitted",
                """
                Received datagrams from an address without a connection, while the listener opens no connections or after the \
                connection closed at once.
                """
            ) { $0.unadmitted },
            .count(
                "udp_kernel_drops",
                "Datagrams that the kernel dropped because the listener's `receive_buffer` was full. Raise `receive_buffer`."
            ) { $0.kernelDrops },
            .count(
                "udp_withheld",
                """
                Datagrams that lobbyd did not send: to an unproven port whose address had sent fewer bytes or \
                datagrams, above `udp_unproven_answers_per_second`, or to a port that returns every answer.
                """
            ) { $0.withheld },
            .count(
                "udp_unsent",
                "Datagrams that the system did not take at once, because the machine or its network is too busy."
            ) { $0.unsent },
        ]
    )

    static let udpSockets = CounterGroup(
        "UDP sockets",
        [
            .count("udp_reopened", "Times that a UDP listener lost its socket and lobbyd opened it again.") {
                $0.reopened
            }
        ]
    )
}
