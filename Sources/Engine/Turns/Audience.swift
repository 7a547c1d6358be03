import Synchronization
import Wire

/// Connections that get the same datagrams, on all event loops of a manager. Who is in it costs the others nothing.
///
/// All connections form one audience. Any thread holds it; its members belong to their event loops.
final class Audience: Sendable {
    /// By event loop.
    private let members: [AudienceMembers]

    /// - Parameter isEveryone: whether it is the audience of all connections.
    init(eventLoops: Int, isEveryone: Bool = false) {
        self.members = (0..<eventLoops).map { _ in AudienceMembers(isEveryone: isEveryone) }
    }

    /// The members on one event loop, for that loop.
    func members(onLoop index: Int) -> AudienceMembers { self.members[index] }

    /// How many members one event loop has. Any thread.
    func count(onLoop index: Int) -> Int { self.members[index].count }

    /// How many members all event loops have. Any thread.
    var count: Int { self.members.reduce(0) { $0 + $1.count } }
}

extension Membership {
    var members: AudienceMembers { unsafeDowncast(self.audience, to: AudienceMembers.self) }
}

/// The members of an audience on one event loop, and what they get in its turn.
// @unchecked: all but `memberCount` belongs to the event loop.
final class AudienceMembers: @unchecked Sendable {
    private let memberCount = Atomic<Int>(0)
    /// Dense, so that a fan-out walks memory in order; removal moves the last one into the gap.
    private(set) var connections: ContiguousArray<Connection> = []
    /// What they get in turns that are not over, the oldest first: in suspended ones, then in the one under way.
    private var fanOuts: ContiguousArray<FanOut> = []
    /// Whether it is that of all connections, whose members know their place without a list.
    let isEveryone: Bool

    init(isEveryone: Bool = false) {
        self.isEveryone = isEveryone
    }

    /// Any thread.
    var count: Int { self.memberCount.load(ordering: .relaxed) }

    func contains(_ connection: Connection) -> Bool { self.index(of: connection) != nil }

    private func index(of connection: Connection) -> Int? {
        if self.isEveryone { return connection.memberIndex >= 0 ? Int(connection.memberIndex) : nil }
        return connection.memberships.first { $0.audience === self }.map { Int($0.index) }
    }

    private func setIndex(_ index: Int32, of connection: Connection) {
        if self.isEveryone {
            connection.memberIndex = index
        } else if let position = connection.memberships.firstIndex(where: { $0.audience === self }) {
            if index < 0 {
                connection.memberships.remove(at: position)
            } else {
                connection.memberships[position].index = index
            }
        } else {
            connection.memberships.append(Membership(audience: self, index: index))
        }
    }

    /// Adds a connection that is not in it. What the turn has brought the others so far is not for it: see `Shard.join`.
    func add(_ connection: Connection) {
        self.setIndex(Int32(self.connections.count), of: connection)
        self.connections.append(connection)
        self.memberCount.wrappingAdd(1, ordering: .relaxed)
    }

    /// - Returns: false when it was not there.
    @discardableResult
    func remove(_ connection: Connection) -> Bool {
        guard let index = self.index(of: connection) else { return false }
        let last = self.connections.removeLast()
        if last !== connection {
            self.connections[index] = last
            self.setIndex(Int32(index), of: last)
        }
        self.setIndex(-1, of: connection)
        self.memberCount.wrappingSubtract(1, ordering: .relaxed)
        return true
    }
}

extension AudienceMembers {
    /// What they get in a turn; nil where they get nothing.
    func fanOut(in turn: Turn) -> FanOut? { self.fanOuts.last { $0.turnNumber == turn.number } }

    func add(_ fanOut: FanOut) { self.fanOuts.append(fanOut) }

    func remove(_ fanOut: FanOut) { self.fanOuts.removeAll { $0 === fanOut } }
}

/// What the members of one audience get in one turn.
final class FanOut {
    let audience: AudienceMembers
    let turnNumber: UInt64
    private(set) var spans = PerFraming<ContiguousArray<Span>>([])
    /// Where the spans have gaps between them: the same without.
    private var joined = PerFraming<SharedBytes?>(nil)
    /// The bytes in memory that those share who can't take them now.
    private var shared = PerFraming<SharedBytes?>(nil)
    private var isNeededByOne = PerFraming<Bool>(false)
    /// Whether the next span stands by itself, also where it begins at the end of the last one.
    private var beginsAnew = PerFraming<Bool>(false)

    init(_ audience: AudienceMembers, turnNumber: UInt64) {
        self.audience = audience
        self.turnNumber = turnNumber
    }

    func add(_ span: Span, as framing: Framing) {
        if self.beginsAnew[framing] {
            self.spans[framing].append(span)
            self.beginsAnew[framing] = false
        } else {
            self.spans[framing].join(span)
        }
    }

    /// No span grows any more: a connection has got its part of them so far.
    func endSpans() { self.beginsAnew = PerFraming(true) }

    /// One framing of what a fan-out sends. It holds until the log changes.
    struct View {
        let bytes: UnsafeRawBufferPointer
        let datagramCount: Int
        let unframeableCount: Int

        init(_ bytes: UnsafeRawBufferPointer, _ span: Span) {
            self.bytes = bytes
            self.datagramCount = Int(span.datagramCount)
            self.unframeableCount = Int(span.unframeableCount)
        }

        init(_ bytes: UnsafeRawBufferPointer, _ spans: ContiguousArray<Span>) {
            self.bytes = bytes
            (self.datagramCount, self.unframeableCount) = spans.reduce(into: (0, 0)) {
                $0.0 += Int($1.datagramCount)
                $0.1 += Int($1.unframeableCount)
            }
        }
    }

    func view(_ framing: Framing, of log: borrowing TurnLog) -> View {
        let spans = self.spans[framing]
        let bytes = log.view(framing)
        if spans.isEmpty { return View(UnsafeRawBufferPointer(start: nil, count: 0), spans) }
        if spans.isContiguous {
            let range = Int(spans[0].start)..<Int(spans[spans.count - 1].end)
            return View(UnsafeRawBufferPointer(rebasing: bytes[range]), spans)
        }
        let joined = self.joined[framing] ?? SharedBytes(joining: spans, of: bytes)
        self.joined[framing] = joined
        return View(joined.view, spans)
    }

    /// The bytes of a view for one more connection that can't take them now, copied once for all: a thousand that are stuck
    /// would otherwise copy them a thousand times before the others' turn.
    ///
    /// - Returns: nil for the first one: one that is slow alone shares with nobody.
    func share(_ view: View, as framing: Framing) -> SharedBytes? {
        guard self.isNeededByOne[framing] else {
            self.isNeededByOne[framing] = true
            return nil
        }
        let shared = self.shared[framing] ?? self.joined[framing] ?? SharedBytes(copying: view.bytes)
        self.shared[framing] = shared
        return shared
    }
}

extension ContiguousArray where Element == Span {
    /// Whether each begins where the one before it ends.
    var isContiguous: Bool {
        for index in self.indices.dropFirst() where self[index].start != self[index - 1].end { return false }
        return true
    }
}

extension SharedBytes {
    /// A copy of the spans, one behind the other.
    convenience init(joining spans: ContiguousArray<Span>, of bytes: UnsafeRawBufferPointer) {
        var joined = Bytes()
        for span in spans { joined.append(UnsafeRawBufferPointer(rebasing: bytes[Int(span.start)..<Int(span.end)])) }
        self.init(joined)
    }
}
