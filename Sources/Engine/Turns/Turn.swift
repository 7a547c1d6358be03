import Wire

/// A stretch of a turn's log, in one framing: whole frames, or bytes that a program has framed.
struct Span {
    var start: Int32
    var end: Int32
    var datagramCount: Int32
    /// Datagrams too long for this framing, which are not here.
    var unframeableCount: Int32 = 0

    var byteCount: Int { Int(self.end - self.start) }

    /// Takes over the counts of a further span.
    mutating func count(_ span: Span) {
        self.datagramCount += span.datagramCount
        self.unframeableCount += span.unframeableCount
    }
}

/// A value for each framing.
struct PerFraming<Value> {
    var two: Value
    var four: Value
    var udp: Value

    init(two: Value, four: Value, udp: Value) {
        (self.two, self.four, self.udp) = (two, four, udp)
    }

    init(_ value: Value) {
        self.init(two: value, four: value, udp: value)
    }

    subscript(framing: Framing) -> Value {
        get {
            switch framing {
            case .two: self.two
            case .four: self.four
            case .udp: self.udp
            }
        }
        _modify {
            switch framing {
            case .two: yield &self.two
            case .four: yield &self.four
            case .udp: yield &self.udp
            }
        }
    }
}

/// What one turn sends, back to back in the order in which it came, once for each framing in use.
struct TurnLog: ~Copyable {
    /// A framing's memory beyond this goes back once the turn is over.
    static let bytesKept = 256 * 1024

    private var two = Bytes()
    private var four = Bytes()
    private var udp = Bytes()
    /// UDP records in it.
    private(set) var recordCount = 0

    /// Bytes in the largest framing.
    var byteCount: Int { max(self.two.count, self.four.count, self.udp.count) }

    func view(_ framing: Framing) -> UnsafeRawBufferPointer {
        switch framing {
        case .two: self.two.view
        case .four: self.four.view
        case .udp: self.udp.view
        }
    }

    /// Appends a run as `framing` has it.
    mutating func append(_ run: DatagramRun, as framing: Framing) -> Span {
        switch framing {
        case .two: return Self.append(run, to: &self.two, as: .two)
        case .four: return Self.append(run, to: &self.four, as: .four)
        case .udp:
            let span = Self.append(run, to: &self.udp, as: .udp)
            self.recordCount += Int(span.datagramCount)
            return span
        }
    }

    /// Appends bytes that are framed already, or not at all.
    mutating func append(_ bytes: UnsafeRawBufferPointer, datagramCount: Int, as framing: Framing) -> Span {
        self.append(DatagramRun(bytes: bytes, datagramCount: datagramCount, framing: framing), as: framing)
    }

    mutating func removeAll() {
        self.two.removeAll(keepingCapacityUpTo: Self.bytesKept)
        self.four.removeAll(keepingCapacityUpTo: Self.bytesKept)
        self.udp.removeAll(keepingCapacityUpTo: Self.bytesKept)
        self.recordCount = 0
    }

    private static func append(_ run: DatagramRun, to log: inout Bytes, as framing: Framing) -> Span {
        let start = Int32(log.count)
        guard run.framing != framing else {
            log.append(run.bytes)
            return Span(start: start, end: Int32(log.count), datagramCount: Int32(run.datagramCount))
        }
        var span = Span(start: start, end: start, datagramCount: 0)
        run.forEachPayload { payload in
            guard payload.count <= framing.payloadBytesMax else {
                span.unframeableCount += 1
                return
            }
            let byteCount = framing.size + payload.count
            let target = UnsafeMutableRawBufferPointer(
                start: log.appendUninitialized(byteCount: byteCount),
                count: byteCount
            )
            framing.write(payload, to: target)
            span.datagramCount += 1
        }
        span.end = Int32(log.count)
        return span
    }
}

/// Something in a turn that concerns one connection alone: a span that it gets, or a part of a broadcast that it does not get.
struct Piece {
    var span: Span
    let isSkip: Bool
    /// The next piece of the same connection; -1 behind the last one.
    var next: Int32 = -1
}

/// The work of one event loop between two waits, as far as it sends something: one log, and who gets which part of it.
///
/// | what | goes to |
/// |---|---|
/// | spans of a fan-out | the members of its audience |
/// | pieces | one connection, or are left out for it |
/// | foreign spans | connections on other event loops |
///
/// Each connection gets its part in the order of the log, whatever it consists of: so what one sender sends arrives in its order.
final class Turn {
    /// A turn ends early from here on: more would only make every receiver wait.
    static let bytesMax = 32 * 1024
    /// Memory for more pieces than this goes back once the turn is over.
    static let piecesKept = 4096

    /// Counts up from 1 on each event loop.
    private(set) var number: UInt64 = 1
    var log = TurnLog()
    private(set) var pieces: ContiguousArray<Piece> = []
    /// Connections that have pieces, or have got a part of the fan-outs already.
    private(set) var touched: ContiguousArray<Connection> = []
    /// One for each audience that gets something.
    private(set) var fanOuts: ContiguousArray<FanOut> = []
    private(set) var foreign: ContiguousArray<ForeignSpan> = []

    init(number: UInt64 = 1) {
        self.number = number
    }

    var isEmpty: Bool { self.touched.isEmpty && self.fanOuts.isEmpty && self.foreign.isEmpty }

    func add(_ span: Span, isSkip: Bool = false, to connection: Connection) {
        let index = Int32(self.pieces.count)
        if !isSkip { connection.pieces.hasSpans = true }
        if connection.pieces.isEmpty {
            connection.pieces.first = index
            self.touch(connection)
        } else {
            let last = Int(connection.pieces.last)
            // Two skips may be of two audiences.
            if !isSkip, !self.pieces[last].isSkip, self.pieces[last].span.end == span.start {
                self.pieces[last].span.end = span.end
                self.pieces[last].span.count(span)
                return
            }
            self.pieces[last].next = index
        }
        connection.pieces.last = index
        self.pieces.append(Piece(span: span, isSkip: isSkip))
    }

    /// It gets its part by itself, or has got it.
    func touch(_ connection: Connection) {
        guard !connection.isTouched else { return }
        connection.isTouched = true
        self.touched.append(connection)
    }

    /// A connection has got its part so far: what follows is another.
    func served(_ connection: Connection) {
        connection.pieces = PieceList()
        guard !self.fanOuts.isEmpty else { return }
        self.touch(connection)
        connection.servedEnd = Int32(self.log.view(connection.framing).count)
        for fanOut in self.fanOuts { fanOut.endSpans() }
    }

    /// The fan-out of an audience in this turn, which begins with it where there is none.
    func fanOut(to audience: AudienceMembers) -> FanOut {
        if let fanOut = audience.fanOut(in: self) { return fanOut }
        let fanOut = FanOut(audience, turnNumber: self.number)
        audience.add(fanOut)
        self.fanOuts.append(fanOut)
        return fanOut
    }

    func add(_ span: ForeignSpan) { self.foreign.append(span) }

    /// The other event loops have got it.
    func foreignPosted() { self.foreign.removeAll(keepingCapacity: true) }

    /// Lets go of who gets something: all of it was sent, or is a fan-out's.
    func forgetPieces() {
        for connection in self.touched {
            (connection.pieces, connection.isTouched, connection.servedEnd) = (PieceList(), false, 0)
        }
        self.touched.removeAll(keepingCapacity: self.touched.capacity <= Self.piecesKept)
        self.pieces.removeAll(keepingCapacity: self.pieces.capacity <= Self.piecesKept)
    }

    /// All of it was sent: the next turn begins.
    func next() {
        self.forgetPieces()
        self.forgetFanOuts()
        self.foreignPosted()
        self.log.removeAll()
        self.number += 1
    }

    /// A fan-out of it goes on later: its log stays as it is, and no piece is left.
    func seal() {
        self.forgetPieces()
        self.foreign = []
    }

    /// All members have got it.
    func forgetFanOuts() {
        for fanOut in self.fanOuts { fanOut.audience.remove(fanOut) }
        self.fanOuts.removeAll(keepingCapacity: true)
    }
}

extension Turn {
    /// Calls `body` with each fan-out that a connection gets. The time for that does not grow with those that it does not get.
    func visitFanOuts(of connection: Connection, _ body: (FanOut) -> Void) {
        guard !self.fanOuts.isEmpty else { return }
        if connection.memberIndex >= 0, let fanOut = connection.shard.members.fanOut(in: self) { body(fanOut) }
        for membership in connection.memberships {
            if let fanOut = membership.members.fanOut(in: self) { body(fanOut) }
        }
    }

    /// The only fan-out that a connection gets; nil where it gets several, or none.
    func onlyFanOut(of connection: Connection) -> FanOut? {
        var (only, count): (FanOut?, Int) = (nil, 0)
        self.visitFanOuts(of: connection) { fanOut in
            only = fanOut
            count += 1
        }
        return count == 1 ? only : nil
    }

    /// The only span that a connection gets; nil where there are several, or fan-outs.
    func onlySpan(of connection: Connection) -> Span? {
        let list = connection.pieces
        guard self.fanOuts.isEmpty, list.first >= 0, list.first == list.last else { return nil }
        return self.pieces[Int(list.first)].span
    }

    /// What a connection gets of the turn under way, in order: the spans of its audiences and its own, without what it skips,
    /// neighbours joined.
    func part(of connection: Connection) -> ContiguousArray<Span> {
        var spans = self.fanOutSpans(of: connection)
        if connection.servedEnd > 0 { spans.removeAll { $0.start < connection.servedEnd } }
        return Turn.merge(spans, self.pieces, from: connection.pieces.first)
    }

    /// The spans of a connection's audiences, in order.
    func fanOutSpans(of connection: Connection) -> ContiguousArray<Span> {
        var spans: ContiguousArray<Span> = []
        var count = 0
        self.visitFanOuts(of: connection) { fanOut in
            spans.append(contentsOf: fanOut.spans[connection.framing])
            count += 1
        }
        if count > 1 { spans.sort { $0.start < $1.start } }
        return spans
    }

    /// - Parameters:
    ///   - spans: sorted, of fan-outs.
    ///   - first: the index of the first of a list of `pieces`, sorted. A skip lies within one span; other pieces lie outside.
    static func merge(
        _ spans: ContiguousArray<Span>,
        _ pieces: ContiguousArray<Piece>,
        from first: Int32
    ) -> ContiguousArray<Span> {
        guard first >= 0 else { return spans }
        var result: ContiguousArray<Span> = []
        var piece = first
        for span in spans {
            var rest = span
            while piece >= 0, pieces[Int(piece)].span.start < span.end {
                let next = pieces[Int(piece)]
                piece = next.next
                guard next.isSkip else {
                    result.join(next.span)
                    continue
                }
                // Which of the datagrams stand before it nobody needs to know: the sum is right.
                var before = rest
                before.end = next.span.start
                before.datagramCount -= next.span.datagramCount
                before.unframeableCount -= next.span.unframeableCount
                result.join(before)
                rest = Span(start: next.span.end, end: rest.end, datagramCount: 0)
            }
            result.join(rest)
        }
        while piece >= 0 {
            if !pieces[Int(piece)].isSkip { result.join(pieces[Int(piece)].span) }
            piece = pieces[Int(piece)].next
        }
        return result
    }
}

extension ContiguousArray where Element == Span {
    /// Appends a span, or lengthens the last one where it begins there. One without bytes has only its counts taken over, so
    /// that it makes no gap.
    mutating func join(_ span: Span) {
        guard let last = self.indices.last else {
            if span.byteCount > 0 || span.datagramCount != 0 || span.unframeableCount != 0 { self.append(span) }
            return
        }
        if span.byteCount > 0 {
            if self[last].byteCount == 0 {
                self[last].start = span.start
            } else if self[last].end != span.start {
                return self.append(span)
            }
            self[last].end = span.end
        }
        self[last].count(span)
    }
}
