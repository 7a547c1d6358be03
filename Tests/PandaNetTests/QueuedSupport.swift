import Engine
import EngineSupport
import Testing
import Wire

@testable import PandaNet

/// The manual's classes with real sockets on loopback. The tests run one at a time, because their peers block and a
/// test runner has few threads.
@Suite("With sockets", .serialized, .timeLimit(.minutes(1)))
enum SocketTests {}

/// The time limit for an expected event.
let patience = Duration.seconds(10)

/// The manual's server: a polled manager with one rendezvous on a free port of 127.0.0.1.
struct QueuedServer {
    let manager: QueuedConnectionManager
    let listener: QueuedConnectionListener
    let reader: QueuedConnectionReader
    let writer: ConnectionWriter
    let rendezvous: BoundRendezvous

    init(
        eventLoops: Int = 1,
        readerThreads: Int = 0,
        writerThreads: Int = 0,
        pendingBytesMax: Int = 256 * 1024
    ) throws {
        self.manager = QueuedConnectionManager(
            eventLoops: eventLoops,
            datagramBytesMax: 1024 * 1024,
            pendingBytesMax: pendingBytesMax
        )
        self.listener = QueuedConnectionListener(self.manager, threads: 0)
        self.reader = QueuedConnectionReader(self.manager, threads: readerThreads)
        self.writer = ConnectionWriter(self.manager, threads: writerThreads)
        self.rendezvous = try self.manager.openTCPServerRendezvous(host: "127.0.0.1", port: 0)
        #expect(self.listener.addConnection(self.rendezvous))
    }

    var port: Int { self.rendezvous.address.port }

    /// Connects a peer and takes its connection from the listener, without a reader.
    func accept(
        framing: Framing = .two,
        receiveBufferBytes: CInt? = nil
    ) throws -> (peer: Peer, connection: Connection) {
        let peer = try Peer(port: self.port, framing: framing, receiveBufferBytes: receiveBufferBytes)
        return (peer, try self.arrival().connection)
    }

    /// Connects a peer and adds its connection to the server's reader.
    func connect(framing: Framing = .two) throws -> (peer: Peer, connection: Connection) {
        let (peer, connection) = try self.accept(framing: framing)
        #expect(self.reader.addConnection(connection))
        return (peer, connection)
    }

    func arrival() throws -> ConnectionArrival {
        try self.wait { self.listener.newConnectionAvailable() }
        return try #require(self.listener.getNewConnection())
    }

    func receive(_ count: Int) throws -> [NetDatagram] {
        try (0..<count).map { _ in
            try self.wait { self.reader.dataAvailable() }
            return try #require(self.reader.getData())
        }
    }

    func payloads(_ count: Int) throws -> [[UInt8]] { try self.receive(count).map(\.datagram.bytes) }

    func reset() throws -> Connection {
        try self.wait { self.manager.resetConnectionAvailable() }
        return try #require(self.manager.getResetConnection())
    }

    /// Waits for a condition that a reader, a listener or a reset makes true.
    func wait(until condition: () -> Bool) throws {
        try #require(
            self.manager.core.arrived.wait(timeout: patience) { !condition() },
            "the awaited event did not occur"
        )
    }

    /// Runs the closure on the connection's event loop, after all earlier work.
    @discardableResult
    func onLoop<Result: Sendable>(
        of connection: Connection,
        _ body: @escaping @Sendable () -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let isPosted = connection.onEventLoop { continuation.resume(returning: body()) }
            if !isPosted { continuation.resume(throwing: EventLoopHasEnded()) }
        }
    }

    /// Waits for the end of the event-loop turn that runs all earlier work.
    func turnEnded(of connection: Connection) async throws {
        try await self.onLoop(of: connection) {}
        try await self.onLoop(of: connection) {}
    }
}

struct EventLoopHasEnded: Error {}

extension Datagram {
    init(bytes: UInt8...) { self.init(bytes) }
}
