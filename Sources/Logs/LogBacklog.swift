import Logging

/// The records that wait for a sink, in order and with a limit. As the backlog fills, it drops debug records first.
///
/// A record whose write failed counts as dropped too. The log reports it together with the next record: an immediate
/// report would fail in the same way.
struct LogBacklog: Sendable {
    /// The default limit in bytes.
    static let bytesMaxDefault = 1024 * 1024
    /// The approximate memory of a record in bytes, besides its text.
    static let recordOverhead = 128

    /// The next work of the writer.
    struct Batch {
        var records: [RenderedRecord]
        /// Dropped records to report after `records`: they did not fit into the backlog, or an earlier write failed.
        var dropped: LogDrops
    }

    private let bytesMax: Int
    private var records: [RenderedRecord] = []
    private var dropped = LogDrops()
    /// Records whose write failed. The next batch reports them.
    private var unwritten = LogDrops()
    /// All dropped records so far: the backlog was full, or the write failed.
    private(set) var droppedEver = 0
    /// The memory of `records` and of the batch that is being written, with `recordOverhead`.
    private var byteCount = 0
    private var takenByteCount = 0

    init(bytesMax: Int = Self.bytesMaxDefault) {
        self.bytesMax = bytesMax
    }

    /// Whether every record has been written, has failed, or has been reported as dropped.
    var isWritten: Bool { self.byteCount == 0 && self.dropped.isEmpty }

    /// Adds a record. Drops and counts it when the backlog has no room left for its level.
    mutating func add(_ record: RenderedRecord) {
        let cost = record.bytes.count + Self.recordOverhead
        guard self.byteCount + cost <= self.share(of: record.level) else {
            self.droppedEver += 1
            return self.dropped.count(record.level)
        }
        self.byteCount += cost
        self.records.append(record)
    }

    /// Takes all waiting records. Call `written` before the next call.
    ///
    /// - Returns: nil when no record waits.
    mutating func take() -> Batch? {
        guard !self.records.isEmpty || !self.dropped.isEmpty else { return nil }
        var dropped = self.dropped
        dropped += self.unwritten
        defer {
            self.takenByteCount = self.byteCount
            self.records = []
            self.dropped = LogDrops()
            self.unwritten = LogDrops()
        }
        return Batch(records: self.records, dropped: dropped)
    }

    /// Frees the space of the last batch, which the sink has processed.
    ///
    /// - Parameters:
    ///   - lost: the batch's records whose write failed.
    ///   - untold: the batch's `dropped`, if the report of these dropped records could not be written.
    mutating func written(lost: LogDrops = LogDrops(), untold: LogDrops = LogDrops()) {
        self.byteCount -= self.takenByteCount
        self.takenByteCount = 0
        self.droppedEver += lost.total
        self.unwritten += lost
        self.unwritten += untold
    }

    /// The part of the backlog that records up to this level may fill. Important records still find space when debug
    /// records no longer do.
    private func share(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: self.bytesMax / 2
        case .info, .notice: self.bytesMax / 4 * 3
        case .warning, .error, .critical: self.bytesMax
        }
    }
}
