import NIOConcurrencyHelpers
import NIOCore
import Synchronization
import Wire

/// Every connection of a manager, one shard for each event loop; it gives out ids and knows who may come in.
///
/// Nothing here is on the way of a datagram.
public final class ConnectionRegistry: Sendable {
    let shards: [Shard]
    /// The other ends of the TCP connections.
    let streamHosts = HostCensus()
    /// The other ends of the connections over UDP.
    let udpHosts = UDPHosts()
    /// Who may come in.
    let admission: Admission
    /// Where this program has UDP sockets.
    let udpPorts = UDPPortCensus()
    /// Rendezvous sockets that have not ended.
    private let listenerNumbers = NIOLockedValueBox<Set<Int>>([])
    private let lastID = Atomic<UInt64>(0)
    private let lastListenerNumber = Atomic<Int>(0)
    private let reopenedListeners = Atomic<Int>(0)

    init(shards: [Shard], limits: Limits) {
        self.shards = shards
        self.admission = Admission(limits: limits)
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
    public var count: Int { self.admission.look { $0.count } }

    /// Whether there is no place for a further connection, and how often the last one was taken so far. Any thread.
    public var occupancy: (isFull: Bool, timesFull: Int) {
        self.admission.look { ($0.isFull, $0.timesFull) }
    }

    /// A rendezvous socket over TCP that the system had closed is open again.
    func listenerReopened() {
        self.reopenedListeners.wrappingAdd(1, ordering: .relaxed)
    }

    /// Whether a source is a UDP socket of this program: two that answer each other never end.
    func ownsUDPSocket(_ source: SocketAddress) -> Bool {
        source.port.map(self.udpPorts.contains) ?? false && UDPSource.isLocal(source)
    }

    func nextID() -> ConnectionID {
        ConnectionID(rawValue: self.lastID.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    func nextListenerNumber() -> Int {
        let number = self.lastListenerNumber.wrappingAdd(1, ordering: .relaxed).newValue
        self.listenerNumbers.withLockedValue { _ = $0.insert(number) }
        return number
    }

    /// A rendezvous socket has ended for good: nothing is counted for it any more. Any thread; once is enough.
    func listenerEnded(_ number: Int) {
        guard self.listenerNumbers.withLockedValue({ $0.remove(number) }) != nil else { return }
        for shard in self.shards { shard.pipe.post { shard.forgetListener(number) } }
    }

    /// Whether connections that end still count for a rendezvous socket.
    func countsListener(_ number: Int) -> Bool {
        self.listenerNumbers.withLockedValue { $0.contains(number) }
    }

    /// Rendezvous sockets that have not ended.
    var listenerCount: Int { self.listenerNumbers.withLockedValue { $0.count } }

    /// Before the first connection with this header: every shard frames its broadcasts for it from now on. Any thread.
    ///
    /// - Returns: when all of them do, on `eventLoop`.
    func announce(_ header: TCPHeader, on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        let announced = self.shards.map { shard in shard.pipe.submit { shard.use(header) } }
        return EventLoopFuture.andAllSucceed(announced, on: eventLoop)
    }

    /// Calls `body` with each connection, on that connection's event loop; see `compactMap`.
    public func visit(_ body: @escaping @Sendable (Connection) -> Void) -> EventLoopFuture<Void> {
        self.compactMap { body($0) as Void? }.map { _ in }
    }

    /// What `body` returns for each connection, called on that connection's event loop; nil leaves it out. In no order.
    ///
    /// It takes many turns where there are many: one that ends in the meantime may be left out, one that begins is.
    public func compactMap<Result: Sendable>(
        _ body: @escaping @Sendable (Connection) -> Result?
    ) -> EventLoopFuture<[Result]> {
        let results = self.shards.map { shard in shard.pipe.flatSubmit { shard.compactMap(body) } }
        return EventLoopFuture.whenAllSucceed(results, on: self.shards[0].eventLoop).map { $0.flatMap { $0 } }
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

    /// How many connections there are and were, and what they moved. It takes many turns where there are many.
    public func counts() -> EventLoopFuture<ConnectionCounts> {
        let counted = self.shards.map { shard in shard.pipe.flatSubmit { shard.countInSteps() } }
        return EventLoopFuture.whenAllSucceed(counted, on: self.shards[0].eventLoop).map { counts in
            var total = counts.reduce(into: ConnectionCounts(), +=)
            (total.refused, total.limitReached) = self.admission.look { ($0.refused, $0.timesFull) }
            total.listenersReopened = self.reopenedListeners.load(ordering: .relaxed)
            return total
        }
    }

    /// What `body` returns for each shard, called on that shard's event loop.
    private func collect<Result: Sendable>(
        _ body: @escaping @Sendable (Shard) -> Result
    ) -> EventLoopFuture<[Result]> {
        let results = self.shards.map { shard in shard.pipe.submit { body(shard) } }
        return EventLoopFuture.whenAllSucceed(results, on: self.shards[0].eventLoop)
    }
}
