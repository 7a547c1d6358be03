extension CounterGroup<DaemonCounts> {
    static let daemon = CounterGroup(
        "System and log",
        [
            .count(
                "listeners_exhausted",
                "Times that the system was out of file descriptors or memory for a new connection."
            ) { $0.listenersExhausted.load(ordering: .relaxed) },
            .count(
                "log_dropped",
                "Lines of the log that were dropped because its reader was too slow, or that could not be written."
            ) { $0.linesDropped() },
            .count("log_suppressed", "Lines that lobbyd did not log because the same event occurred too often.") {
                $0.eventsSuppressed.load(ordering: .relaxed)
            },
        ]
    )
}

extension CounterGroup<ControlCounts> {
    static let control = CounterGroup(
        "Control socket",
        [
            .gauge("control_connections", "Open control connections.") { $0.open.load(ordering: .relaxed) },
            .count("control_refused", "Control connections refused because too many were open.") {
                $0.refused.load(ordering: .relaxed)
            },
            .count("control_requests", "Requests received.") { $0.requests.load(ordering: .relaxed) },
            .count("control_errors", "Requests answered with an error.") { $0.errors.load(ordering: .relaxed) },
        ]
    )
}
