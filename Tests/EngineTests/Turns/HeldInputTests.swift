import EngineSupport
import Testing
import Wire

@testable import Engine

@Suite("HeldInputQueue")
struct HeldInputQueueTests {
    @Test("connections with held input take turns, and a pass takes a limited number of them")
    func turns() throws {
        let test = try TestShard()
        let connections = (1...UInt64(HeldInputQueue.connectionsPerPass + 2)).map { test.connection($0) }
        var queue = HeldInputQueue()
        #expect(queue.isEmpty)
        for connection in connections { queue.append(connection) }
        let first = queue.takeFirst().map(\.id.rawValue)
        #expect(first == Array(1...UInt64(HeldInputQueue.connectionsPerPass)))
        queue.append(connections[0])
        let second = queue.takeFirst().map(\.id.rawValue)
        #expect(second == Array(connections.suffix(2).map(\.id.rawValue)))
        let third = queue.takeFirst().map(\.id.rawValue)
        #expect(third == [1])
        #expect(queue.isEmpty)
    }
}

@Suite("HeldInput")
struct HeldInputValueTests {
    private let loop: EventLoop
    private let held: HeldInput

    init() throws {
        let loop = try EventLoop(index: 0, clock: .driven)
        self.held = [UInt8](repeating: 1, count: 65_536).withUnsafeBytes { HeldInput($0[...], loop: loop) }
        self.loop = loop
    }

    @Test("delivered bytes are dropped, and the rest stays")
    func drop() {
        self.held.drop(10)
        #expect(self.held.byteCount == 65_526)
        self.held.drop(65_490)
        #expect(self.held.view.elementsEqual([UInt8](repeating: 1, count: 36)))
    }

    @Test("after a stall sets the loop's clock back, the age of held input counts from the new time")
    func stall() {
        let resumption = self.loop.schedule(after: .seconds(3600)) {}
        #expect(self.held.throttle(at: .seconds(100), until: resumption))
        #expect(!self.held.isTooOld(.seconds(10), at: .seconds(40)))
        #expect(!self.held.isTooOld(.seconds(10), at: .seconds(49.9)))
        #expect(self.held.isTooOld(.seconds(10), at: .seconds(50)))
    }
}

extension SocketTests {
    @Suite("Held input")
    struct HeldInputTests {
        /// The received payloads with their connection's id, in order.
        private final class Journal: Sendable {
            let entries = Locked<[(id: UInt64, payload: [UInt8])]>([])

            var count: Int { self.entries.withLock { $0.count } }

            func payloads(of id: UInt64) -> [[UInt8]] {
                self.entries.withLock { $0.filter { $0.id == id }.map(\.payload) }
            }
        }

        private static let numbers = (0..<2_000).map { [UInt8($0 / 256), UInt8($0 % 256)] }
        /// The number of streams that a test sends. They exceed one read, and fit in the receiver's kernel buffer.
        private static let streams = 10
        private static let stream = numbers.flatMap { frame($0) }

        /// Limits that hold most input for the whole test.
        private static let slow = Limits(datagramsPerSecond: 128, throttleAge: nil)

        private func run(
            _ limits: Limits = Limits(),
            _ body: (TestEngine, Journal) async throws -> Void
        ) async throws {
            let journal = Journal()
            let receiver = TestService(isInParts: true) { run, connection in
                journal.entries.withLock { $0.append((connection.id.rawValue, run.payloads[0])) }
            }
            try await TestEngine.run(receiver, limits: limits) { try await body($0, journal) }
        }

        /// Keeps the event loop busy until `body` has finished.
        private func whileBusy(_ engine: TestEngine, _ body: () throws -> Void) throws {
            let gate = Gate()
            engine.manager.registry.shards[0].loop.post { gate.wait() }
            defer { gate.open() }
            try body()
        }

        @Test("a large read is handled in parts and in order, with other connections between the parts")
        func parts() async throws {
            try await self.run { engine, journal in
                let peers = try await engine.peers(2)
                try self.whileBusy(engine) {
                    try peers[0].send(raw: Self.stream)
                    try peers[1].send([9])
                }
                while journal.count < Self.numbers.count + 1 { try await Task.sleep(for: .milliseconds(1)) }
                #expect(journal.payloads(of: 1) == Self.numbers)
                let others = journal.entries.withLock { entries in entries.firstIndex { $0.id == 2 } }
                #expect(try #require(others) <= Shard.partsPerRead)
                // The connection is read again.
                try peers[0].send([7])
                while journal.count < Self.numbers.count + 2 { try await Task.sleep(for: .milliseconds(1)) }
                #expect(engine.manager.registry.shards[0].unfinishedTotal.byteCount == 0)
            }
        }

        @Test(
            "held data of a closed peer is delivered before the close is reported and the slot is freed",
            arguments: [false, true]
        )
        func end(isReset: Bool) async throws {
            try await self.run(Limits(connectionsPerAddress: 2)) { engine, journal in
                let peers = try await engine.peers(2)
                try self.whileBusy(engine) {
                    for _ in 0..<Self.streams { try peers[0].send(raw: Self.stream) }
                    if isReset { peers[0].abort() } else { peers[0].shutWriting() }
                }
                let reason = await engine.events.closed()
                #expect(reason == [isReset ? .peerReset : .peerClosed])
                #expect(journal.payloads(of: 1) == Array(repeatElement(Self.numbers, count: Self.streams).joined()))
                let counts = try await engine.manager.registry.counts().get()
                #expect(counts.traffic.datagramsIn == UInt64(Self.streams * Self.numbers.count))
                #expect(counts.open == 1)
                while engine.manager.registry.count > 1 { try await Task.sleep(for: .milliseconds(1)) }
                #expect(engine.manager.registry.shards[0].unfinishedTotal.byteCount == 0)
                withExtendedLifetime(try Peer(port: engine.port())) {}
                await engine.events.opened(3)
            }
        }

        @Test("a close, or a lower datagram limit, ends a connection with held input", arguments: [false, true])
        func change(isClosed: Bool) async throws {
            try await self.run(Self.slow) { engine, journal in
                let peer = try await engine.peers(1)[0]
                let shard = engine.manager.registry.shards[0]
                try self.whileBusy(engine) { try peer.send(raw: Self.stream) }
                while journal.count == 0 { try await Task.sleep(for: .milliseconds(1)) }
                if isClosed {
                    try await shard.loop.submit { shard.table[ConnectionID(rawValue: 1)]?.close() }.get()
                    #expect(await engine.events.closed() == [.closedHere])
                    #expect(peer.isEnded())
                } else {
                    try await engine.manager.update(ManagerUpdate(limits: Limits(datagramBytes: 1))).get()
                    #expect(await engine.events.closed() == [.oversizedDatagram])
                }
                #expect(journal.payloads(of: 1) == Array(Self.numbers.prefix(journal.count)))
                #expect(shard.unfinishedTotal.byteCount == 0)
                // The slot is free when the socket closes, just after the event.
                while engine.manager.registry.count > 0 { try await Task.sleep(for: .milliseconds(1)) }
            }
        }

        @Test("a shutdown discards held input and does not wait for it", arguments: [false, true])
        func shutdown(hasEnded: Bool) async throws {
            try await self.run(Self.slow) { engine, journal in
                let peer = try await engine.peers(1)[0]
                try self.whileBusy(engine) {
                    for _ in 0..<Self.streams { try peer.send(raw: Self.stream) }
                    if hasEnded { peer.shutWriting() }
                }
                while journal.count == 0 { try await Task.sleep(for: .milliseconds(1)) }
                let start = ContinuousClock.now
                try await engine.shutDown(drain: .seconds(60))
                #expect(.now - start < .seconds(5))
                #expect(await engine.events.closed().count == 1)
                #expect(journal.payloads(of: 1).count < Self.streams * Self.numbers.count)
                #expect(engine.manager.registry.shards[0].unfinishedTotal.byteCount == 0)
            }
        }

        @Test("held input counts as unfinished bytes, and the connection with the most of them closes")
        func unfinished() async throws {
            try await self.run(Limits(unfinishedBytesTotal: 5_000)) { engine, journal in
                let peers = try await engine.peers(2)
                try self.whileBusy(engine) { try peers[0].send(raw: Self.stream) }
                #expect(await engine.events.closed() == [.slowSender])
                #expect(journal.count == Shard.partsPerRead)
                try peers[1].send([1])
                while journal.payloads(of: 2).isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            }
        }
    }
}
