import Logging

/// A record in its final bytes. It can wait in a queue for another thread to write it.
struct RenderedRecord: Sendable, Equatable {
    /// A full queue drops records of low levels first.
    let level: Logger.Level
    private(set) var bytes: [UInt8] = []
    /// The end of each part in `bytes`. A part is a field of a journal entry, or a whole line.
    private(set) var partEnds: [Int] = []

    init(level: Logger.Level) {
        self.level = level
    }

    mutating func append(part: some Sequence<UInt8>) {
        self.bytes.append(contentsOf: part)
        self.partEnds.append(self.bytes.count)
    }

    /// The range of each part in `bytes`.
    var parts: [Range<Int>] {
        zip([0] + self.partEnds, self.partEnds).map { start, end in start..<end }
    }
}
