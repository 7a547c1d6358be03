import Synchronization
import Wire

/// A set of connections that receive the same datagrams, on all event loops of a manager.
///
/// A broadcast to an audience costs the other connections no work. All connections together form one audience. Any
/// thread may hold an audience, but its members belong to their event loops.
final class Audience: Sendable {
    /// One entry per event loop.
    private let members: [AudienceMembers]

    /// - Parameter isEveryone: true for the audience of all connections.
    init(eventLoops: Int, isEveryone: Bool = false) {
        self.members = (0..<eventLoops).map { _ in AudienceMembers(isEveryone: isEveryone) }
    }

    /// The members on one event loop. Use them only on that loop.
    func members(onLoop index: Int) -> AudienceMembers { self.members[index] }

    /// The number of members on one event loop. Any thread.
    func count(onLoop index: Int) -> Int { self.members[index].count }

    /// The number of members on all event loops. Any thread.
    var count: Int { self.members.reduce(0) { $0 + $1.count } }
}

extension Membership {
    var members: AudienceMembers { unsafeDowncast(self.audience, to: AudienceMembers.self) }
}

/// The members of an audience on one event loop, and the fan-outs to them.
// @unchecked: all state except `memberCount` belongs to the event loop.
final class AudienceMembers: @unchecked Sendable {
    private let memberCount = Atomic<Int>(0)
    /// The array is dense, so a fan-out walks memory in order. A removal moves the last connection into the gap.
    private(set) var connections: ContiguousArray<Connection> = []
    /// The fan-outs of turns that are not finished, oldest first: of suspended turns, then of the current turn.
    private var fanOuts: ContiguousArray<FanOut> = []
    /// Whether this is the audience of all connections. Its members store their index in `Connection.memberIndex`.
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

    /// Adds a connection that is not a member yet.
    ///
    /// It does not receive the earlier datagrams of this turn: see `Shard.join`.
    func add(_ connection: Connection) {
        self.setIndex(Int32(self.connections.count), of: connection)
        self.connections.append(connection)
        self.memberCount.wrappingAdd(1, ordering: .relaxed)
    }

    /// - Returns: false if it was not a member.
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
    /// The fan-out to these members in a turn; nil if they get no output in that turn.
    func fanOut(in turn: Turn) -> FanOut? { self.fanOuts.last { $0.turnNumber == turn.number } }

    func add(_ fanOut: FanOut) { self.fanOuts.append(fanOut) }

    func remove(_ fanOut: FanOut) { self.fanOuts.removeAll { $0 === fanOut } }
}

/// The output of one turn for the members of one audience.
final class FanOut {
    let audience: AudienceMembers
    let turnNumber: UInt64
    private(set) var spans = PerFraming<ContiguousArray<Span>>([])
    /// A copy of the spans without the gaps between them. Made only if there are gaps.
    private var joined = PerFraming<SharedBytes?>(nil)
    /// A copy of the bytes, shared by the connections that cannot take them now.
    private var shared = PerFraming<SharedBytes?>(nil)
    private var isNeededByOne = PerFraming<Bool>(false)
    /// Whether the next span must be a new entry, even if it begins where the last one ends.
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

    /// Closes the last span of each framing: a connection has received the spans so far, so they must not grow.
    func endSpans() { self.beginsAnew = PerFraming(true) }

    /// The bytes of a fan-out in one framing. Valid until the log changes.
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

    /// Returns a copy of a view's bytes, shared by the connections that cannot take the bytes now.
    ///
    /// With one copy each, a thousand slow connections would take a thousand copies before the other connections get
    /// their output.
    ///
    /// - Returns: nil on the first call: a single slow connection gets its own copy.
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
    /// Whether each span begins at the end of the previous one.
    var isContiguous: Bool {
        for index in self.indices.dropFirst() where self[index].start != self[index - 1].end { return false }
        return true
    }
}

extension SharedBytes {
    /// Copies the spans, one after another.
    convenience init(joining spans: ContiguousArray<Span>, of bytes: UnsafeRawBufferPointer) {
        var joined = Bytes()
        for span in spans { joined.append(UnsafeRawBufferPointer(rebasing: bytes[Int(span.start)..<Int(span.end)])) }
        self.init(joined)
    }
}
