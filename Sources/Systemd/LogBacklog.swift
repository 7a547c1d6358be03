import Logging

/// The records that wait for a sink: bounded, in their order. Once there is no room, debug goes first.
struct LogBacklog: Sendable {
    /// What may wait by default, in bytes.
    static let bytesMaxDefault = 1024 * 1024
    /// What a record takes in memory besides its text, about.
    static let recordOverhead = 128

    /// What a writer has to do next.
    struct Batch {
        var records: [RenderedRecord]
        /// What there was no room for after these records.
        var dropped: LogDrops
    }

    private let bytesMax: Int
    private var records: [RenderedRecord] = []
    private var dropped = LogDrops()
    /// Records that there was no room for.
    private(set) var droppedEver = 0
    /// Of `records` and of what a writer has taken and not written yet.
    private var byteCount = 0
    private var takenByteCount = 0

    init(bytesMax: Int = Self.bytesMaxDefault) {
        self.bytesMax = bytesMax
    }

    /// Everything that was added is written, or was told to be dropped.
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
        defer {
            self.takenByteCount = self.byteCount
            self.records = []
            self.dropped = LogDrops()
        }
        return Batch(records: self.records, dropped: self.dropped)
    }

    /// The batch that was taken last is written, and its room is free.
    mutating func written() {
        self.byteCount -= self.takenByteCount
        self.takenByteCount = 0
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
