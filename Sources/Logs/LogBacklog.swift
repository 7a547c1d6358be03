import Logging

/// The records that wait for a sink: bounded, in their order. Once there is no room, debug goes first.
///
/// A record that the sink could not write counts as dropped too. The log is told of it with the next record: to tell it at
/// once would fail in the same way, again and again.
struct LogBacklog: Sendable {
    /// What may wait by default, in bytes.
    static let bytesMaxDefault = 1024 * 1024
    /// What a record takes in memory besides its text, about.
    static let recordOverhead = 128

    /// What a writer has to do next.
    struct Batch {
        var records: [RenderedRecord]
        /// Records that there was no room for after these, and those that could not be written before them.
        var dropped: LogDrops
    }

    private let bytesMax: Int
    private var records: [RenderedRecord] = []
    private var dropped = LogDrops()
    /// Records that could not be written; told with the next batch.
    private var unwritten = LogDrops()
    /// Records that there was no room for, or that could not be written.
    private(set) var droppedEver = 0
    /// Of `records` and of what a writer has taken and not written yet.
    private var byteCount = 0
    private var takenByteCount = 0

    init(bytesMax: Int = Self.bytesMaxDefault) {
        self.bytesMax = bytesMax
    }

    /// Everything that was added is written, or could not be, or was told to be dropped.
    var isWritten: Bool { self.byteCount == 0 && self.dropped.isEmpty }

    /// Adds a record; or counts it, when what waits already leaves no room for one of its level.
    mutating func add(_ record: RenderedRecord) {
        let cost = record.bytes.count + Self.recordOverhead
        guard self.byteCount + cost <= self.share(of: record.level) else {
            self.droppedEver += 1
            return self.dropped.count(record.level)
        }
        self.byteCount += cost
        self.records.append(record)
    }

    /// - Returns: all that waits, to be written before the next call of `written`; nil when nothing does.
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

    /// The sink has had the batch that was taken last, and its room is free.
    ///
    /// - Parameters:
    ///   - lost: its records that could not be written.
    ///   - untold: its `dropped`, when the line that tells of them could not be written.
    mutating func written(lost: LogDrops = LogDrops(), untold: LogDrops = LogDrops()) {
        self.byteCount -= self.takenByteCount
        self.takenByteCount = 0
        self.droppedEver += lost.total
        self.unwritten += lost
        self.unwritten += untold
    }

    /// How far records of this level may fill the backlog: what is worth more finds room where debug no longer does.
    private func share(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: self.bytesMax / 2
        case .info, .notice: self.bytesMax / 4 * 3
        case .warning, .error, .critical: self.bytesMax
        }
    }
}
