import Dispatch
import Testing
import Wire

@testable import Engine

/// The engine with real sockets on loopback. The peers block, and a test runner has only few threads: one test at a time.
@Suite("With sockets", .serialized, .timeLimit(.minutes(1)))
enum SocketTests {}

/// A service that is one closure, the same on each event loop.
struct TestService: ServiceProvider {
    let body: @Sendable (DatagramRun, Connection) -> Void
    /// Whether each datagram is a part of its own.
    let isInParts: Bool

    init(isInParts: Bool = false, _ body: @escaping @Sendable (DatagramRun, Connection) -> Void) {
        self.body = body
        self.isInParts = isInParts
    }

    func makeService(eventLoopIndex: Int) -> any Service { OnLoop(self) }

    private final class OnLoop: Service {
        private let provider: TestService

        init(_ provider: TestService) {
            self.provider = provider
        }

        func received(_ run: DatagramRun, from connection: Connection, partsMax: Int) -> Int {
            guard self.provider.isInParts else {
                self.provider.body(run, connection)
                return run.bytes.count - connection.heldBackBytes
            }
            var taken = 0
            for _ in 0..<partsMax where taken < run.bytes.count {
                let end = taken + run.framing.frameBytes(in: run.bytes, at: taken)
                let bytes = UnsafeRawBufferPointer(rebasing: run.bytes[taken..<end])
                self.provider.body(DatagramRun(bytes: bytes, datagramCount: 1, framing: run.framing), connection)
                taken = end
            }
            return taken
        }
    }

    static let echo = TestService { run, connection in connection.send(run) }
    static let broadcast = TestService { run, connection in connection.broadcast(run, includingSender: true) }
    static let broadcastToOthers = TestService { run, connection in connection.broadcast(run, includingSender: false) }

    /// Payloads that begin with 0 are echoed, others broadcast without their sender, one by one.
    static let byFirstByte = TestService { run, connection in
        var offset = 0
        while offset < run.bytes.count {
            let end = offset + run.framing.frameBytes(in: run.bytes, at: offset)
            let bytes = UnsafeRawBufferPointer(rebasing: run.bytes[offset..<end])
            let single = DatagramRun(bytes: bytes, datagramCount: 1, framing: run.framing)
            if run.payload(at: offset).first == 0 {
                connection.send(single)
            } else {
                connection.broadcast(single, includingSender: false)
            }
            offset = end
        }
    }
}

/// A frame as it is on a stream.
func frame(_ payload: [UInt8], _ framing: Framing = .two) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: framing.size + payload.count)
    bytes.withUnsafeMutableBytes { target in payload.withUnsafeBytes { framing.write($0, to: target) } }
    return bytes
}

extension DatagramRun {
    var payloads: [[UInt8]] {
        var payloads: [[UInt8]] = []
        self.forEachPayload { payloads.append(Array($0)) }
        return payloads
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

    func acceptFailed() async {
        await self.wait(1) { if case .acceptFailed = $0 { true } else { false } }
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
struct TestEngine {
    let manager: ConnectionManager
    let events = Events()
    private(set) var rendezvous: [BoundRendezvous] = []

    static func run<Result>(
        _ service: TestService,
        rendezvous: [Rendezvous] = [Rendezvous(host: "127.0.0.1", port: 0)],
        limits: Limits = Limits(),
        eventLoops: Int = 1,
        udpProof: UDPProof = .tcp,
        system: SystemCalls = .real,
        _ body: (TestEngine) async throws -> Result
    ) async throws -> Result {
        let manager = ConnectionManager(
            eventLoops: eventLoops,
            limits: limits,
            resolver: SystemNameResolver(),
            system: system
        )
        var engine = TestEngine(manager: manager)
        for each in rendezvous {
            let opening =
                switch each.transport {
                case .tcp: manager.openTCPServerRendezvous(each, service: service, observers: [engine.events])
                case .udp:
                    manager.openUDPRendezvous(each, proof: udpProof, service: service, observers: [engine.events])
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
