import Wire

/// A range of a turn's log in one framing: whole frames, or bytes that a program has framed itself.
struct Span {
    var start: Int32
    var end: Int32
    var datagramCount: Int32
    /// The number of datagrams that are missing here because they are too long for this framing.
    var unframeableCount: Int32 = 0

    var byteCount: Int { Int(self.end - self.start) }

    /// Adds the counts of another span.
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

/// The datagrams of one turn, back to back in the order of arrival. A broadcast is stored once for each framing in use.
/// A datagram for one connection is stored in one framing.
struct TurnLog: ~Copyable {
    /// Memory of a framing beyond this size is freed once the turn is over.
    static let bytesKept = 256 * 1024

    private var two = Bytes()
    private var four = Bytes()
    private var udp = Bytes()
    /// The number of UDP records in the log.
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

    /// Appends a run, converted to `framing`.
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

    /// Appends bytes that are already framed, or unframed.
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

/// A part of the turn that concerns a single connection: a span for it alone, or a part of a broadcast that it skips.
struct Piece {
    var span: Span
    let isSkip: Bool
    /// The next piece of the same connection; -1 after the last one.
    var next: Int32 = -1
}

/// The output that an event loop collects between two waits: a log, and the receivers of each part of it. With
/// `coalesce`, it may last for several turns of the loop.
///
/// | content | receiver |
/// |---|---|
/// | spans of a fan-out | the members of its audience |
/// | pieces | one connection, which gets or skips them |
/// | foreign spans | connections on other event loops |
///
/// Each connection gets its part in the order of the log. The datagrams of a sender therefore arrive in order, through
/// any mix of broadcasts and single sends.
final class Turn {
    /// A turn ends early at this size. A larger turn would only delay all receivers.
    static let bytesMax = 32 * 1024
    /// Memory for more pieces than this is freed once the turn is over.
    static let piecesKept = 4096

    /// Counts up from 1 on each event loop.
    private(set) var number: UInt64 = 1
    var log = TurnLog()
    private(set) var pieces: ContiguousArray<Piece> = []
    /// Connections that have pieces, or that have already got a part of the fan-outs.
    private(set) var touched: ContiguousArray<Connection> = []
    /// One for each audience that gets output.
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
            // Skips are not joined, because they may belong to different audiences.
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

    /// Marks a connection that gets its part separately, or that has got it.
    func touch(_ connection: Connection) {
        guard !connection.isTouched else { return }
        connection.isTouched = true
        self.touched.append(connection)
    }

    /// Notes that a connection has got its part of the turn so far. Its next part starts new spans.
    func served(_ connection: Connection) {
        connection.pieces = PieceList()
        guard !self.fanOuts.isEmpty else { return }
        self.touch(connection)
        connection.servedEnd = Int32(self.log.view(connection.framing).count)
        for fanOut in self.fanOuts { fanOut.endSpans() }
    }

    /// Returns the fan-out to an audience in this turn. Creates it if it does not exist.
    func fanOut(to audience: AudienceMembers) -> FanOut {
        if let fanOut = audience.fanOut(in: self) { return fanOut }
        let fanOut = FanOut(audience, turnNumber: self.number)
        audience.add(fanOut)
        self.fanOuts.append(fanOut)
        return fanOut
    }

    func add(_ span: ForeignSpan) { self.foreign.append(span) }

    /// Drops the spans for other event loops, which were posted.
    func foreignPosted() { self.foreign.removeAll(keepingCapacity: true) }

    /// Drops the pieces, all of which were sent. The fan-outs stay.
    func forgetPieces() {
        for connection in self.touched {
            (connection.pieces, connection.isTouched, connection.servedEnd) = (PieceList(), false, 0)
        }
        self.touched.removeAll(keepingCapacity: self.touched.capacity <= Self.piecesKept)
        self.pieces.removeAll(keepingCapacity: self.pieces.capacity <= Self.piecesKept)
    }

    /// Starts the next turn, after all of this one was sent.
    func next() {
        self.forgetPieces()
        self.forgetFanOuts()
        self.foreignPosted()
        self.log.removeAll()
        self.number += 1
    }

    /// Prepares the turn for suspended fan-outs: the log stays unchanged, and all pieces are dropped.
    func seal() {
        self.forgetPieces()
        self.foreign = []
    }

    /// Drops the fan-outs, after all members have got them.
    func forgetFanOuts() {
        for fanOut in self.fanOuts { fanOut.audience.remove(fanOut) }
        self.fanOuts.removeAll(keepingCapacity: true)
    }
}

extension Turn {
    /// Calls `body` for each fan-out that a connection gets. The time does not depend on the number of other fan-outs.
    func visitFanOuts(of connection: Connection, _ body: (FanOut) -> Void) {
        guard !self.fanOuts.isEmpty else { return }
        if connection.memberIndex >= 0, let fanOut = connection.shard.members.fanOut(in: self) { body(fanOut) }
        for membership in connection.memberships {
            if let fanOut = membership.members.fanOut(in: self) { body(fanOut) }
        }
    }

    /// The fan-out that a connection gets if it gets exactly one; nil otherwise.
    func onlyFanOut(of connection: Connection) -> FanOut? {
        var (only, count): (FanOut?, Int) = (nil, 0)
        self.visitFanOuts(of: connection) { fanOut in
            only = fanOut
            count += 1
        }
        return count == 1 ? only : nil
    }

    /// The only span that a connection gets; nil if it gets several spans, or if the turn has fan-outs.
    func onlySpan(of connection: Connection) -> Span? {
        let list = connection.pieces
        guard self.fanOuts.isEmpty, list.first >= 0, list.first == list.last else { return nil }
        return self.pieces[Int(list.first)].span
    }

    /// A connection's part of the current turn, in order: the spans of its audiences and its own spans.
    ///
    /// Skipped parts are left out. Adjacent spans are joined.
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

    /// Merges spans of fan-outs with the pieces of a connection.
    ///
    /// - Parameters:
    ///   - spans: the spans, sorted.
    ///   - first: the index of the first element in a sorted linked list of `pieces`. A skip lies within one span;
    ///     other pieces lie outside all spans.
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
                // The counts of the part before the skip may be wrong. Only their sum over both parts is used, and the
                // sum is right.
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
    /// Appends a span. If it begins at the end of the last span, the last span is extended instead.
    ///
    /// A span without bytes only adds its counts, so it leaves no gap.
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
