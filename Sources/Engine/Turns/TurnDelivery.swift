import Wire

/// A span of a turn for connections on other event loops.
struct ForeignSpan {
    enum Target {
        case audience(Audience)
        case connection(ConnectionID)
    }

    let target: Target
    /// nil in framings without this span. A span for one connection exists in one framing only; the receiving loop
    /// converts it.
    let spans: PerFraming<Span?>
}

/// A turn's output for other event loops, in order. The loops share one copy.
// @unchecked: immutable.
final class TurnDelivery: @unchecked Sendable {
    private let bytes: PerFraming<SharedBytes>
    let spans: ContiguousArray<ForeignSpan>
    let byteCount: Int

    init(_ turn: Turn) {
        var spans: ContiguousArray<ForeignSpan> = []
        var two = Bytes()
        var four = Bytes()
        var udp = Bytes()
        for span in turn.foreign {
            let copied = PerFraming(
                two: span.spans.two.map { two.append($0, of: turn.log.view(.two)) },
                four: span.spans.four.map { four.append($0, of: turn.log.view(.four)) },
                udp: span.spans.udp.map { udp.append($0, of: turn.log.view(.udp)) }
            )
            spans.join(ForeignSpan(target: span.target, spans: copied))
        }
        self.byteCount = max(two.count, four.count, udp.count)
        self.spans = spans
        self.bytes = PerFraming(two: SharedBytes(two), four: SharedBytes(four), udp: SharedBytes(udp))
    }

    /// A delivery of one run for one connection.
    init(_ run: DatagramRun, to id: ConnectionID) {
        var bytes = PerFraming(SharedBytes(Bytes()))
        bytes[run.framing] = SharedBytes(copying: run.bytes)
        self.bytes = bytes
        var spans = PerFraming<Span?>(nil)
        spans[run.framing] = Span(start: 0, end: Int32(run.bytes.count), datagramCount: Int32(run.datagramCount))
        self.spans = [ForeignSpan(target: .connection(id), spans: spans)]
        self.byteCount = run.bytes.count
    }

    /// Whether it may have output for an event loop.
    ///
    /// The loop of a single connection is not known, so any loop may be the right one.
    func concerns(_ shard: Shard) -> Bool {
        self.spans.contains { span in
            switch span.target {
            case .audience(let audience): audience.count(onLoop: shard.index) > 0
            case .connection: true
            }
        }
    }

    /// Adds the output to the turn of `shard`. On the event loop of `shard`.
    func deliver(to shard: Shard) {
        for span in self.spans {
            switch span.target {
            case .audience(let audience):
                shard.add(
                    PerFraming(
                        two: self.view(span, .two),
                        four: self.view(span, .four),
                        udp: self.view(span, .udp)
                    ),
                    to: audience
                )
            case .connection(let id):
                for framing in Framing.allCases {
                    guard let view = self.view(span, framing) else { continue }
                    let run = DatagramRun(bytes: view.bytes, datagramCount: view.datagramCount, framing: framing)
                    shard.add(run, to: id)
                }
            }
        }
    }

    private func view(_ span: ForeignSpan, _ framing: Framing) -> FanOut.View? {
        guard let part = span.spans[framing] else { return nil }
        let bytes = UnsafeRawBufferPointer(rebasing: self.bytes[framing].view[Int(part.start)..<Int(part.end)])
        return FanOut.View(bytes, part)
    }
}

/// A `TurnDelivery` on its way to one event loop.
private struct ShardDelivery: Delivery {
    let turn: TurnDelivery
    let shard: Shard

    var byteCount: Int { self.turn.byteCount }

    func deliver() { self.turn.deliver(to: self.shard) }
}

extension Shard {
    /// Posts the turn's foreign spans to the other event loops that may have receivers.
    func postForeign() {
        let delivery = TurnDelivery(self.turn)
        self.turn.foreignPosted()
        for other in self.others where delivery.concerns(other) { self.post(delivery, to: other) }
    }

    /// Posts a delivery to another loop. If its inbox is full, this loop stops reading.
    ///
    /// The sending peers are thus throttled, and no memory grows without limit.
    func post(_ delivery: TurnDelivery, to other: Shard) {
        let isFull = other.loop.post(ShardDelivery(turn: delivery, shard: other)) { [weak self] in
            guard let self else { return }
            self.loop.post { self.inboxEmptied() }
        }
        if isFull { self.readGate.block(at: self.loop.now) }
    }

    /// Continues reading once another loop's inbox has room again.
    private func inboxEmptied() {
        self.readGate.unblock(at: self.loop.now)
        self.postHeldInput()
    }
}

extension Bytes {
    /// - Returns: the range of the copy.
    fileprivate mutating func append(_ span: Span, of log: UnsafeRawBufferPointer) -> Span {
        var copied = span
        copied.start = Int32(self.count)
        self.append(UnsafeRawBufferPointer(rebasing: log[Int(span.start)..<Int(span.end)]))
        copied.end = Int32(self.count)
        return copied
    }
}

extension ContiguousArray where Element == ForeignSpan {
    /// Appends a span, or extends the last one if it has the same audience.
    fileprivate mutating func join(_ span: ForeignSpan) {
        guard case .audience(let audience) = span.target, let last = self.last,
            case .audience(let lastAudience) = last.target, audience === lastAudience
        else { return self.append(span) }
        self[self.count - 1] = ForeignSpan(
            target: span.target,
            spans: PerFraming(
                two: Span.joined(last.spans.two, span.spans.two),
                four: Span.joined(last.spans.four, span.spans.four),
                udp: Span.joined(last.spans.udp, span.spans.udp)
            )
        )
    }
}

extension Span {
    fileprivate static func joined(_ left: Span?, _ right: Span?) -> Span? {
        guard var joined = left, let right else { return left ?? right }
        joined.end = right.end
        joined.count(right)
        return joined
    }
}
