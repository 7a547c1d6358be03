import Logging

/// A record in its final bytes. It can wait in a queue and be written by another thread.
struct RenderedRecord: Sendable, Equatable {
    /// Tells what may be dropped first when a queue is full.
    let level: Logger.Level
    private(set) var bytes: [UInt8] = []
    /// Where each part of `bytes` ends. A part is a field of a journal entry; a line is one part.
    private(set) var partEnds: [Int] = []

    init(level: Logger.Level) {
        self.level = level
    }

    mutating func append(part: some Sequence<UInt8>) {
        self.bytes.append(contentsOf: part)
        self.partEnds.append(self.bytes.count)
    }

    /// The place of each part in `bytes`.
    var parts: [Range<Int>] {
        zip([0] + self.partEnds, self.partEnds).map { start, end in start..<end }
    }
}
