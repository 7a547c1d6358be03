import Logging
import Testing

@testable import Logs

@Suite("LogBacklog")
struct LogBacklogTests {
    private static let cost = LogBacklog.recordOverhead + 1

    private static func record(_ level: Logger.Level, _ text: String = "x") -> RenderedRecord {
        var record = RenderedRecord(level: level)
        record.append(part: text.utf8)
        return record
    }

    private static func drops(_ levels: Logger.Level...) -> LogDrops {
        levels.reduce(into: LogDrops()) { $0.count($1) }
    }

    private static func taken(from backlog: inout LogBacklog) throws -> LogBacklog.Batch {
        let batch = backlog.take()
        return try #require(batch)
    }

    @Test("records leave once, in the order of arrival")
    func order() throws {
        var backlog = LogBacklog()
        for text in ["a", "b", "c"] { backlog.add(Self.record(.info, text)) }
        let batch = try Self.taken(from: &backlog)
        #expect(batch.records.map(\.bytes) == [[97], [98], [99]])
        #expect(batch.dropped.isEmpty)
        let isEmpty = backlog.take() == nil
        #expect(isEmpty)
    }

    @Test(
        "debug may fill half of the backlog, info three quarters and warnings all; one more is dropped and counted",
        arguments: [
            (Logger.Level.trace, 50), (.debug, 50), (.info, 75), (.notice, 75), (.warning, 100), (.error, 100),
            (.critical, 100),
        ]
    )
    func shares(level: Logger.Level, fits: Int) throws {
        var backlog = LogBacklog(bytesMax: 100 * Self.cost)
        for _ in 0..<fits { backlog.add(Self.record(level)) }
        backlog.add(Self.record(level))
        let batch = try Self.taken(from: &backlog)
        #expect(batch.records.count == fits)
        #expect(batch.dropped == Self.drops(level))
        #expect(backlog.droppedEver == 1)
    }

    @Test("a warning has room after debug records no longer fit")
    func warningAfterDebug() throws {
        var backlog = LogBacklog(bytesMax: 4 * Self.cost)
        for level in [Logger.Level.debug, .debug, .debug, .warning] { backlog.add(Self.record(level)) }
        let batch = try Self.taken(from: &backlog)
        #expect(batch.records.map(\.level) == [.debug, .debug, .warning])
        #expect(batch.dropped == Self.drops(.debug))
    }

    @Test("records that are being written still take room")
    func takenCounts() throws {
        var backlog = LogBacklog(bytesMax: Self.cost)
        backlog.add(Self.record(.error))
        _ = backlog.take()
        backlog.add(Self.record(.error))
        let second = try Self.taken(from: &backlog)
        #expect(second.dropped == Self.drops(.error))
        backlog.written()
        backlog.add(Self.record(.error))
        let third = try Self.taken(from: &backlog)
        #expect(third.records.count == 1)
    }

    @Test("unwritten records count as dropped, and are reported after the next records")
    func unwritten() throws {
        var backlog = LogBacklog()
        backlog.add(Self.record(.info))
        _ = backlog.take()
        backlog.written(lost: Self.drops(.info))
        #expect(backlog.isWritten)
        #expect(backlog.droppedEver == 1)
        let hasMore = backlog.take() != nil
        #expect(!hasMore, "a report at once would fail too")

        backlog.add(Self.record(.error))
        let second = try Self.taken(from: &backlog)
        #expect(second.dropped == Self.drops(.info))
        backlog.written(lost: Self.drops(.error), untold: second.dropped)
        #expect(backlog.droppedEver == 2, "the line about drops is not counted")

        backlog.add(Self.record(.debug))
        let third = try Self.taken(from: &backlog)
        #expect(third.dropped == Self.drops(.error, .info))
        backlog.written()
        #expect(backlog.isWritten)
    }

    @Test("the backlog is written when the writer has confirmed all records and reported all drops")
    func isWritten() {
        var backlog = LogBacklog(bytesMax: Self.cost)
        #expect(backlog.isWritten)
        backlog.add(Self.record(.error))
        backlog.add(Self.record(.error))
        #expect(!backlog.isWritten)
        _ = backlog.take()
        #expect(!backlog.isWritten)
        backlog.written()
        #expect(backlog.isWritten)
    }
}
