import Testing
import Wire

@testable import Engine

/// A UDP listener without a socket, as time passes.
@Suite("UDP sweeping")
struct UDPSweepTests {
    private static let part = Shard.sweepClosesMax
    private static let timeout = Duration.seconds(60)

    private let driven: DrivenShards
    private let observer = LimitObserver()
    private let listener: UDPListener

    init() throws {
        self.driven = try DrivenShards(limits: Limits(datagramsPerSecond: 3))
        self.listener = self.driven.listener(idleTimeout: Self.timeout, proof: .none, observer: self.observer)
    }

    private var shard: Shard { self.driven.shard }
    private var loop: EventLoop { self.driven.loop }

    private func receive(fromPort port: Int) { self.listener.receive(from: address("192.0.2.1", port: port)) }

    private var open: Int { self.shard.table.count }

    @Test("a sweep closes many idle connections in parts, each once and with its limit")
    func parts() throws {
        for port in 1...250 { self.receive(fromPort: port) }
        self.loop.advance(by: Self.timeout)
        self.listener.sweep(at: self.loop.now)
        #expect(self.open == 250 - Self.part)
        // A second sweep waits until the first has finished.
        self.listener.sweep(at: self.loop.now)
        #expect(self.open == 250 - Self.part)
        self.loop.advance(by: Shard.sweepPause)
        #expect(self.open == 250 - 2 * Self.part)
        self.loop.advance(by: Shard.sweepPause)
        #expect(self.open == 0)
        #expect(self.observer.limits.withLock { $0 } == Array(repeating: .idleTimeout, count: 250))
        #expect(try self.driven.counts().exceeded == [.idleTimeout: 250])
        #expect(self.shard.losses == DatagramLosses())
        #expect(self.driven.registry.count == 0)
    }

    @Test("a connection that sends, or was reopened, before its turn in the sweep stays open")
    func late() throws {
        for port in 1...250 { self.receive(fromPort: port) }
        self.loop.advance(by: Self.timeout)
        self.listener.sweep(at: self.loop.now)
        let (heard, closed) = (self.shard.table.connections[0], self.shard.table.connections[1])
        closed.close()
        self.loop.runTurns()
        for port in [heard.peer.port, closed.peer.port] { self.receive(fromPort: port) }
        self.loop.advance(by: Shard.sweepPause * 3)
        #expect(Set(self.shard.table.connections.map(\.peer.port)) == [heard.peer.port, closed.peer.port])
        #expect(heard.isOpen && !closed.isOpen)
    }

    @Test("datagrams beyond a rate are lost, and the connection stays open")
    func rate() throws {
        for _ in 1...5 { self.receive(fromPort: 1) }
        #expect(self.open == 1)
        #expect(self.shard.losses.limits == [.datagramsPerSecond: 2])
    }
}

/// An observer that records the limit that each closed connection exceeded.
private final class LimitObserver: ConnectionObserver {
    let limits = Locked<[ConnectionLimit?]>([])

    func connectionOpened(_ connection: Connection) {}
    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        self.limits.withLock { $0.append(connection.exceededLimit) }
    }
    func connectionRefused(peer: NetAddress?, rendezvous: Rendezvous, reason: RefusalReason) {}
    func acceptFailed(rendezvous: Rendezvous, errorCode: CInt, isFatal: Bool) {}
}
