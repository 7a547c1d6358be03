import Logging

/// Counts of dropped records, by level.
struct LogDrops: Sendable, Equatable {
    private var counts: [Logger.Level: Int] = [:]

    var isEmpty: Bool { self.counts.isEmpty }

    var total: Int { self.counts.values.reduce(0, +) }

    mutating func count(_ level: Logger.Level) {
        self.counts[level, default: 0] += 1
    }

    static func += (drops: inout LogDrops, more: LogDrops) {
        drops.counts.merge(more.counts, uniquingKeysWith: +)
    }

    /// The record that reports them: `log.dropped dropped=12 dropped_debug=11 dropped_info=1`.
    func record(logger: String, at time: LogTime) -> LogRecord {
        var metadata: Logger.Metadata = ["dropped": .stringConvertible(self.total)]
        for (level, count) in self.counts { metadata["dropped_\(level.rawValue)"] = .stringConvertible(count) }
        let event = LogEvent(
            level: .warning,
            message: "log.dropped",
            metadata: metadata,
            source: nil,
            file: #fileID,
            function: #function,
            line: #line
        )
        return LogRecord(event, logger: logger, metadata: [:], at: time)
    }
}
