import NIOConcurrencyHelpers
import NIOCore
import Synchronization
import Wire

/// Every connection of a manager, one shard for each event loop; it gives out ids and holds the limit of connections.
///
/// Visiting hops to each event loop once. Nothing here is on the way of a datagram.
public final class ConnectionRegistry: Sendable {
    let shards: [Shard]
    /// The other ends of the TCP connections.
    let streamHosts = HostCensus()
    /// `Int.max` is no limit.
    private let limit = Atomic<Int>(.max)
    /// Ports on which this program has, or had, a UDP socket.
    private let udpPorts = NIOLockedValueBox<Set<Int>>([])
    private let admitted = Atomic<Int>(0)
    private let lastID = Atomic<UInt64>(0)
    private let refusedAtLimit = Atomic<Int>(0)

    init(shards: [Shard], limit: Int?) {
        self.shards = shards
        self.use(limit: limit)
        for shard in shards { shard.join(shards.filter { $0 !== shard }) }
    }

    /// The shard of one of the manager's event loops.
    func shard(of eventLoop: any EventLoop) -> Shard {
        guard let shard = self.shards.first(where: { $0.eventLoop === eventLoop }) else {
            preconditionFailure("an event loop without a shard")
        }
        return shard
    }

    /// Connections that are there now, those included that are just being opened. Any thread.
    public var count: Int { self.admitted.load(ordering: .relaxed) }

    /// Takes a place for one more connection; `release` gives it back.
    ///
    /// - Returns: false, and counts the refusal, when the limit is reached.
    func admit() -> Bool {
        let count = self.admitted.wrappingAdd(1, ordering: .relaxed).newValue
        guard count > self.limit.load(ordering: .relaxed) else { return true }
        self.admitted.wrappingSubtract(1, ordering: .relaxed)
        self.refusedAtLimit.wrappingAdd(1, ordering: .relaxed)
        return false
    }

    /// Holds another limit from now on. Those that are over it stay.
    func use(limit: Int?) {
        self.limit.store(limit ?? .max, ordering: .relaxed)
    }

    func release() {
        self.admitted.wrappingSubtract(1, ordering: .relaxed)
    }

    /// Notes the port of a UDP socket of this program.
    func opened(udpPort: Int) {
        self.udpPorts.withLockedValue { _ = $0.insert(udpPort) }
    }

    /// Whether a source is a UDP socket of this program: two that answer each other never end.
    func ownsUDPSocket(_ source: SocketAddress) -> Bool {
        self.udpPorts.withLockedValue { ports in source.port.map(ports.contains) ?? false } && UDPSource.isLocal(source)
    }

    func nextID() -> ConnectionID {
        ConnectionID(rawValue: self.lastID.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    /// Before the first connection with this header: every shard frames its broadcasts for it from now on. Any thread.
    ///
    /// - Returns: when all of them do, on `eventLoop`.
    func announce(_ header: TCPHeader, on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        let announced = self.shards.map { shard in shard.eventLoop.submit { shard.use(header) } }
        return EventLoopFuture.andAllSucceed(announced, on: eventLoop)
    }

    /// Calls `body` with each connection, on that connection's event loop.
    public func visit(_ body: @escaping @Sendable (Connection) -> Void) -> EventLoopFuture<Void> {
        self.collect { shard in shard.table.connections.forEach(body) }.map { _ in }
    }

    /// What `body` returns for each connection, called on that connection's event loop; nil leaves it out. In no order.
    public func compactMap<Result: Sendable>(
        _ body: @escaping @Sendable (Connection) -> Result?
    ) -> EventLoopFuture<[Result]> {
        self.collect { shard in shard.table.connections.compactMap(body) }.map { $0.flatMap { $0 } }
    }

    /// Calls `body` with the connection of that id on its event loop.
    ///
    /// - Returns: what `body` returned; nil when there is no such connection.
    public func withConnection<Result: Sendable>(
        _ id: ConnectionID,
        _ body: @escaping @Sendable (Connection) -> Result
    ) -> EventLoopFuture<Result?> {
        self.collect { shard in shard.table[id].map(body) }.map { results in results.compactMap { $0 }.first }
    }

    /// How many connections there are and were, and what they moved.
    public func counts() -> EventLoopFuture<ConnectionCounts> {
        self.collect { shard in shard.counts() }.map { counts in
            var total = counts.reduce(into: ConnectionCounts(), +=)
            let refused = self.refusedAtLimit.load(ordering: .relaxed)
            if refused > 0 { total.refused[.connectionLimit] = refused }
            return total
        }
    }

    /// What `body` returns for each shard, called on that shard's event loop.
    private func collect<Result: Sendable>(
        _ body: @escaping @Sendable (Shard) -> Result
    ) -> EventLoopFuture<[Result]> {
        let results = self.shards.map { shard in shard.eventLoop.submit { body(shard) } }
        return EventLoopFuture.whenAllSucceed(results, on: self.shards[0].eventLoop)
    }
}
