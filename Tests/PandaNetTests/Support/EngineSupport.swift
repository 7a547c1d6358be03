import Dispatch
import NIOCore
import Testing

@testable import PandaNet

/// The engine with real sockets on loopback. The peers block, and a test runner has only few threads: one test at a time.
@Suite("With sockets", .serialized, .timeLimit(.minutes(1)))
enum SocketTests {}

/// A receiver that is one closure.
struct Receiver: DatagramReceiver {
    let body: @Sendable (DatagramRun, Connection) -> Void
    /// Whether each datagram is a part of its own.
    let isInParts: Bool

    init(isInParts: Bool = false, _ body: @escaping @Sendable (DatagramRun, Connection) -> Void) {
        self.isInParts = isInParts
        self.body = body
    }

    func datagramsReceived(_ run: DatagramRun, from connection: Connection) { self.body(run, connection) }

    func datagramsReceived(_ run: DatagramRun, from connection: Connection, partsMax: Int) -> Int {
        guard self.isInParts else {
            self.body(run, connection)
            return run.bytes.count - connection.heldBackBytes
        }
        var taken = 0
        for _ in 0..<partsMax where taken < run.bytes.count {
            let end = taken + run.header.frameBytes(in: run.bytes, at: taken)
            let bytes = UnsafeRawBufferPointer(rebasing: run.bytes[taken..<end])
            self.body(DatagramRun(bytes: bytes, datagramCount: 1, header: run.header), connection)
            taken = end
        }
        return taken
    }

    static let echo = Receiver { run, connection in connection.send(run) }
    static let broadcast = Receiver { run, connection in connection.broadcast(run, includingSender: true) }
    static let broadcastToOthers = Receiver { run, connection in connection.broadcast(run, includingSender: false) }

    /// Payloads that begin with 0 are echoed, others broadcast without their sender, one by one.
    static let byFirstByte = Receiver { run, connection in
        run.forEachPayload { payload in
            let framed = UnsafeRawBufferPointer(
                start: payload.baseAddress! - run.header.size,
                count: payload.count + run.header.size
            )
            let single = DatagramRun(bytes: framed, datagramCount: 1, header: run.header)
            if payload.first == 0 {
                connection.send(single)
            } else {
                connection.broadcast(single, includingSender: false)
            }
        }
    }
}

/// What happened to connections, to be awaited.
final class Events: ConnectionObserver {
    enum Event: Equatable, Sendable {
        case opened(ConnectionID)
        case closed(ConnectionID, CloseReason)
        case refused(RefusalReason)
        case acceptFailed(CInt, isFatal: Bool)
        case listenerLost
        case listenerReopened
    }

    private let stream: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    let all = Locked<[Event]>([])

    init() {
        (self.stream, self.continuation) = AsyncStream.makeStream()
    }

    func connectionOpened(_ connection: Connection) { self.happened(.opened(connection.id)) }
    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        self.happened(.closed(connection.id, reason))
    }
    func connectionRefused(peer: NetAddress?, rendezvous: Rendezvous, reason: RefusalReason) {
        self.happened(.refused(reason))
    }

    func acceptFailed(rendezvous: Rendezvous, errorCode: CInt, isFatal: Bool) {
        self.happened(.acceptFailed(errorCode, isFatal: isFatal))
    }

    func listenerLost(rendezvous: Rendezvous) { self.happened(.listenerLost) }
    func listenerReopened(rendezvous: Rendezvous) { self.happened(.listenerReopened) }

    private func happened(_ event: Event) {
        self.all.withLock { $0.append(event) }
        self.continuation.yield(event)
    }

    /// Waits until so many connections have opened. One caller at a time.
    func opened(_ count: Int) async {
        await self.wait(count) { if case .opened = $0 { true } else { false } }
    }

    /// Waits until so many connections have closed.
    ///
    /// - Returns: why.
    func closed(_ count: Int = 1) async -> [CloseReason] {
        await self.wait(count) { if case .closed = $0 { true } else { false } }
        return self.all.withLock { $0.compactMap { if case .closed(_, let reason) = $0 { reason } else { nil } } }
    }

    /// Waits until so many connections have closed, or were gone before they could open.
    ///
    /// - Returns: how many of them were.
    func closedOrGone(_ count: Int) async -> Int {
        await self.wait(count) { if case .closed = $0 { true } else { $0 == .refused(.clientGone) } }
        return self.all.withLock { $0.count { $0 == .refused(.clientGone) } }
    }

    func reopened() async {
        await self.wait(1) { $0 == .listenerReopened }
    }

    func refused(_ count: Int = 1) async {
        await self.wait(count) { if case .refused = $0 { true } else { false } }
    }

    private func wait(_ count: Int, for isWanted: @escaping (Event) -> Bool) async {
        let seen = { self.all.withLock { $0.filter(isWanted).count } }
        guard seen() < count else { return }
        for await _ in self.stream where seen() >= count { return }
    }
}

/// A manager with one rendezvous socket on a free port of 127.0.0.1.
struct Engine {
    let manager: ConnectionManager
    let events = Events()
    private(set) var rendezvous: [BoundRendezvous] = []

    static func run<Result>(
        _ receiver: Receiver,
        rendezvous: [Rendezvous] = [Rendezvous(host: "127.0.0.1", port: 0)],
        limits: Limits = Limits(),
        eventLoops: Int = 1,
        udpProof: UDPProof = .tcp,
        _ body: (Engine) async throws -> Result
    ) async throws -> Result {
        var engine = Engine(manager: ConnectionManager(eventLoops: eventLoops, limits: limits))
        for each in rendezvous {
            let manager = engine.manager
            let opening =
                switch each.transport {
                case .tcp: manager.openTCPServerRendezvous(each, receiver: receiver, observer: engine.events)
                case .udp:
                    manager.openUDPRendezvous(each, proof: udpProof, receiver: receiver, observer: engine.events)
                }
            let bound = try await opening.get()
            engine.rendezvous.append(bound)
        }
        let result: Result
        do {
            result = try await body(engine)
        } catch {
            try await engine.manager.shutDown()
            throw error
        }
        try await engine.manager.shutDown()
        return result
    }

    func port(_ index: Int = 0) -> Int { self.rendezvous[index].address.port }

    /// Connects so many peers, the first ones of this engine, one after the other: their ids are 1, 2 and so on.
    func peers(_ count: Int) async throws -> [Peer] {
        var peers: [Peer] = []
        for number in 1...count {
            peers.append(try Peer(port: self.port()))
            await self.events.opened(number)
        }
        return peers
    }

    func shutDown(drain: Duration) async throws {
        for rendezvous in self.rendezvous { try await self.manager.closeRendezvous(rendezvous).get() }
        try await self.manager.closeConnections(drain: drain).get()
    }
}

/// Holds an event loop's thread until it is opened.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func wait() { self.semaphore.wait() }
    func open() { self.semaphore.signal() }
}
