import Testing
import Wire

@testable import Engine

@Suite("TurnLog")
struct TurnLogTests {
    @discardableResult
    private func append(
        _ payloads: [[UInt8]],
        _ framing: Framing,
        as target: Framing,
        to log: inout TurnLog
    ) -> Span {
        withRun(payloads, framing) { log.append($0, as: target) }
    }

    @Test("runs in their own framing stand back to back in the log")
    func sameFraming() {
        for framing in Framing.allCases {
            var log = TurnLog()
            let first = self.append([[1], [2, 2]], framing, as: framing, to: &log)
            let second = self.append([[3]], framing, as: framing, to: &log)
            #expect((first.start, first.datagramCount) == (0, 2))
            #expect((second.start, second.datagramCount) == (first.end, 1))
            #expect(Array(log.view(framing)) == framed([[1], [2, 2], [3]], framing))
            #expect(log.byteCount == Int(second.end))
        }
    }

    @Test("a run is converted into each of the other framings")
    func conversion() {
        for source in Framing.allCases {
            var log = TurnLog()
            for target in Framing.allCases {
                let span = self.append([[1], [], [3, 3]], source, as: target, to: &log)
                #expect((span.start, span.datagramCount, span.unframeableCount) == (0, 3, 0))
                #expect(Array(log.view(target)) == framed([[1], [], [3, 3]], target))
                #expect(span.byteCount == log.view(target).count)
            }
        }
    }

    @Test("a datagram that is too long for a framing is left out there, and counted", arguments: [Framing.two, .udp])
    func unframeable(target: Framing) {
        let longest = [UInt8](repeating: 1, count: target.payloadBytesMax)
        let tooLong = [UInt8](repeating: 2, count: target.payloadBytesMax + 1)
        var log = TurnLog()
        let span = self.append([longest, tooLong, [3]], .four, as: target, to: &log)
        #expect(Array(log.view(target)) == framed([longest, [3]], target))
        #expect((span.datagramCount, span.unframeableCount) == (2, 1))
    }

    @Test("an emptied log begins at 0 again")
    func removeAll() {
        var log = TurnLog()
        self.append([[1]], .two, as: .two, to: &log)
        log.removeAll()
        #expect(log.byteCount == 0)
        let span = self.append([[2]], .two, as: .two, to: &log)
        #expect(span.start == 0)
        #expect(Array(log.view(.two)) == framed(2))
    }
}

/// The part of a turn for one connection. Each datagram is three bytes long, so number n begins at 3n.
@Suite("Turn.merge")
struct TurnMergeTests {
    /// The span of these datagrams.
    private func span(_ range: Range<Int32>) -> Span {
        Span(start: range.lowerBound * 3, end: range.upperBound * 3, datagramCount: Int32(range.count))
    }

    /// - Returns: the numbers of the remaining datagrams, the sum of the spans' counts, and the number of spans.
    private func merge(
        _ spans: [Range<Int32>],
        skips: [Range<Int32>] = [],
        pieces: [Range<Int32>] = []
    ) -> (numbers: [Int32], count: Int32, spans: Int) {
        let sorted = (skips.map { (isSkip: true, range: $0) } + pieces.map { (isSkip: false, range: $0) })
            .sorted { $0.range.lowerBound < $1.range.lowerBound }
        var list: ContiguousArray<Piece> = []
        for (index, piece) in sorted.enumerated() {
            let next = index + 1 < sorted.count ? Int32(index + 1) : -1
            list.append(Piece(span: self.span(piece.range), isSkip: piece.isSkip, next: next))
        }
        let merged = Turn.merge(ContiguousArray(spans.map(self.span)), list, from: list.isEmpty ? -1 : 0)
        let numbers = merged.flatMap { Array(($0.start / 3)..<($0.end / 3)) }
        return (numbers, merged.reduce(0) { $0 + $1.datagramCount }, merged.count)
    }

    @Test("skipped datagrams are left out at the start, in the middle, at the end, and next to each other")
    func skips() {
        let result = self.merge([0..<6], skips: [0..<1, 2..<3, 3..<4, 5..<6])
        #expect(result == ([1, 4], 2, 2))
        #expect(self.merge([0..<2], skips: [0..<2]) == ([], 0, 0))
        #expect(self.merge([0..<2], skips: [0..<1, 1..<2]).numbers == [])
        #expect(self.merge([0..<2], skips: [0..<1, 1..<2]).count == 0)
        #expect(self.merge([0..<4], skips: [2..<3, 3..<4]) == ([0, 1], 2, 1))
        #expect(self.merge([0..<2, 4..<6], skips: [1..<2, 4..<5]) == ([0, 5], 2, 2))
    }

    @Test("pieces stand before, between and after spans, and adjacent ones merge")
    func pieces() {
        #expect(self.merge([1..<2], pieces: [0..<1]) == ([0, 1], 2, 1))
        #expect(self.merge([0..<1], pieces: [1..<2]) == ([0, 1], 2, 1))
        #expect(self.merge([1..<2, 3..<4], pieces: [0..<1, 2..<3, 4..<5]) == ([0, 1, 2, 3, 4], 5, 1))
        #expect(self.merge([], pieces: [0..<1, 2..<3]) == ([0, 2], 2, 2))
        #expect(self.merge([2..<3, 7..<8], pieces: [0..<1, 4..<5, 9..<10]) == ([0, 2, 4, 7, 9], 5, 5))
    }

    @Test("skips and pieces together keep their order")
    func both() {
        let result = self.merge([0..<1, 2..<4, 5..<6], skips: [0..<1, 3..<4], pieces: [1..<2, 4..<5])
        #expect(result == ([1, 2, 4, 5], 4, 2))
        #expect(self.merge([1..<3], skips: [1..<3], pieces: [0..<1, 3..<4]) == ([0, 3], 2, 2))
    }

    @Test("a connection without skips and pieces gets the spans unchanged")
    func spansAlone() {
        #expect(self.merge([0..<1, 2..<3]) == ([0, 2], 2, 2))
        #expect(self.merge([]) == ([], 0, 0))
    }
}

@Suite("FanOut")
struct FanOutTests {
    private let fanOut = FanOut(AudienceMembers(), turnNumber: 1)

    private func add(_ payload: UInt8, to log: inout TurnLog, isForAll: Bool = true) {
        let span = withRun([[payload]]) { log.append($0, as: .two) }
        if isForAll { self.fanOut.add(span, as: .two) }
    }

    @Test("adjacent spans are one view of the log without a copy")
    func contiguous() {
        var log = TurnLog()
        for payload in 0..<3 as Range<UInt8> { self.add(payload, to: &log) }
        let view = self.fanOut.view(.two, of: log)
        #expect(self.fanOut.spans.two.count == 1)
        #expect(view.bytes.baseAddress == log.view(.two).baseAddress)
        #expect(Array(view.bytes) == framed(0, 1, 2))
        #expect(view.datagramCount == 3)
    }

    @Test("spans with gaps are copied together once")
    func gaps() {
        var log = TurnLog()
        for payload in 0..<6 as Range<UInt8> { self.add(payload, to: &log, isForAll: payload % 3 != 1) }
        let view = self.fanOut.view(.two, of: log)
        #expect(Array(view.bytes) == framed(0, 2, 3, 5))
        #expect(view.datagramCount == 4)
        #expect(self.fanOut.view(.two, of: log).bytes.baseAddress == view.bytes.baseAddress)
    }

    @Test("ended spans do not grow, and their view is still part of the log")
    func endSpans() {
        var log = TurnLog()
        self.add(0, to: &log)
        self.fanOut.endSpans()
        self.add(1, to: &log)
        self.add(2, to: &log)
        #expect(self.fanOut.spans.two.map(\.start) == [0, 3])
        let view = self.fanOut.view(.two, of: log)
        #expect(view.bytes.baseAddress == log.view(.two).baseAddress)
        #expect(Array(view.bytes) == framed(0, 1, 2))
    }

    @Test("a framing without spans has an empty view")
    func empty() {
        var log = TurnLog()
        self.add(0, to: &log)
        let view = self.fanOut.view(.four, of: log)
        #expect(view.bytes.isEmpty && view.datagramCount == 0)
    }

    @Test("the first receiver that cannot take a view gets its own copy, and all others share one")
    func share() {
        var log = TurnLog()
        self.add(0, to: &log)
        let view = self.fanOut.view(.two, of: log)
        #expect(self.fanOut.share(view, as: .two) == nil)
        let shared = self.fanOut.share(view, as: .two)
        #expect(shared.map { Array($0.view) } == framed(0))
        #expect(self.fanOut.share(view, as: .two) === shared)
        #expect(self.fanOut.share(view, as: .four) == nil)
    }
}

@Suite("Audience")
struct AudienceTests {
    @Test("an audience adds members, and moves the last member into a gap", arguments: [true, false])
    func members(isEveryone: Bool) throws {
        let loops = try TurnLoops()
        let connections = loops.crowd(4).map(\.connection)
        let members: AudienceMembers
        if isEveryone {
            members = loops.shard.members
        } else {
            members = AudienceMembers()
            for connection in connections { members.add(connection) }
        }
        #expect(members.connections == ContiguousArray(connections) && members.count == 4)
        #expect(members.remove(connections[1]))
        #expect(members.connections == [connections[0], connections[3], connections[2]] && members.count == 3)
        #expect(!members.contains(connections[1]) && members.contains(connections[3]))
        #expect(!members.remove(connections[1]))
        #expect(members.remove(connections[3]))
        #expect(members.remove(connections[2]))
        #expect(members.connections == [connections[0]])
        members.add(connections[3])
        #expect(members.connections == [connections[0], connections[3]])
        #expect(members.remove(connections[0]) && members.remove(connections[3]) && members.count == 0)
    }

    @Test("a connection can be in several audiences, and leaves all of them when it ends")
    func several() throws {
        let loops = try TurnLoops()
        let audiences = (1...3).map { _ in Audience(eventLoops: 1) }
        let players = loops.crowd(2)
        for audience in audiences { for player in players { player.join(audience) } }
        players[0].leave(audiences[1])
        #expect(audiences.map(\.count) == [2, 1, 2])
        players[1].join(audiences[1])
        #expect(audiences.map(\.count) == [2, 1, 2])
        loops.shard.ended(players[0].connection)
        #expect(audiences.map(\.count) == [1, 1, 1] && players[0].connection.memberships.isEmpty)
        #expect(audiences.allSatisfy { $0.members(onLoop: 0).connections == [players[1].connection] })
        players[0].join(audiences[0])
        #expect(audiences[0].count == 1)
    }
}

@Suite("DirectOutput")
struct DirectOutputTests {
    @Test("adjacent spans of one connection are one view, in the connection's framing")
    func views() throws {
        let loops = try TurnLoops()
        let (two, four) = (loops.crowd(1)[0].connection, loops.crowd(1, .four)[0].connection)
        var direct = DirectOutput()
        for (payload, connection) in [(1, two), (2, two), (3, four), (4, two)] as [(UInt8, Connection)] {
            _ = withRun([[payload]]) { direct.append($0, to: connection) }
        }
        #expect(direct.byteCount == 9)
        var seen: [(ConnectionID, [UInt8], Int)] = []
        direct.visit { seen.append(($0.id, Array($1.bytes), $1.datagramCount)) }
        try #require(seen.count == 3)
        #expect(seen[0] == (two.id, framed(1, 2), 2))
        #expect(seen[1] == (four.id, framed(3, framing: .four), 1))
        #expect(seen[2] == (two.id, framed(4), 1))
        direct.removeAll()
        #expect(direct.isEmpty && direct.byteCount == 0)
    }
}
