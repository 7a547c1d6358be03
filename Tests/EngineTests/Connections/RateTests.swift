import EngineSupport
import Glibc
import Testing
import Wire

@testable import Engine

extension SocketTests {
    /// The rates of a TCP connection, tested with real sockets. The engine enforces a rate by reading later.
    @Suite("Rates of a connection")
    struct RateTests {
        private func run(
            _ receiver: TestService,
            _ change: (inout Limits) -> Void,
            _ body: (TestEngine) async throws -> Void
        ) async throws {
            var limits = Limits.off(datagramBytes: 65_535)
            change(&limits)
            try await TestEngine.run(receiver, limits: limits, body)
        }

        private func exceeded(_ engine: TestEngine) async throws -> [ConnectionLimit: Int] {
            try await engine.manager.registry.counts().get().exceeded
        }

        @Test("a read over the rate is delivered in part at once, and the rest later, in order and at the rate")
        func datagramsPerSecond() async throws {
            try await self.run(.echo) {
                $0.datagramsPerSecond = 50
            } _: { engine in
                let peer = try await engine.peers(1)[0]
                let sent = (0..<75).map { [UInt8($0)] }
                let start = ContinuousClock.now
                try peer.send(raw: sent.flatMap { frame($0) })
                #expect(try peer.receive(50) == Array(sent.prefix(50)))
                #expect(.now - start < .milliseconds(500))
                #expect(try peer.receive(25) == Array(sent.suffix(25)))
                #expect(.now - start >= .milliseconds(490))
                #expect(try await self.exceeded(engine) == [.datagramsPerSecond: 1])
                #expect(engine.manager.registry.shards[0].unfinishedTotal.byteCount == 0)
                // The second excess counts again.
                try peer.send(raw: sent.flatMap { frame($0) })
                #expect(try peer.receive(75) == sent)
                #expect(try await self.exceeded(engine) == [.datagramsPerSecond: 2])
            }
        }

        @Test("byte rates include headers, and a datagram larger than a second's allowance closes its connection")
        func bytesPerSecond() async throws {
            try await self.run(.echo) {
                $0.bytesPerSecond = 1000
            } _: { engine in
                let peers = try await engine.peers(2)
                let payload = [UInt8](repeating: 1, count: 498)
                let start = ContinuousClock.now
                try peers[0].send(payload, payload, payload)
                #expect(try peers[0].receive(3) == [payload, payload, payload])
                #expect(.now - start >= .milliseconds(490))
                try peers[1].send([UInt8](repeating: 1, count: 999))
                #expect(await engine.events.closed() == [.rateLimited])
                #expect(try await self.exceeded(engine) == [.bytesPerSecond: 2])
            }
        }

        @Test("the part of a broadcast over the rate is sent later, in order")
        func broadcastBytesPerSecond() async throws {
            try await self.run(.broadcast) {
                $0.broadcastBytesPerSecond = 1000
            } _: { engine in
                let peers = try await engine.peers(2)
                // Each payload costs 100 bytes for each of two receivers.
                let sent = (0..<8).map { [UInt8](repeating: UInt8($0), count: 98) }
                let start = ContinuousClock.now
                try peers[0].send(raw: sent.flatMap { frame($0) })
                #expect(try peers[1].receive(5) == Array(sent.prefix(5)))
                #expect(try peers[1].receive(3) == Array(sent.suffix(3)))
                #expect(.now - start >= .milliseconds(590))
                #expect(try peers[0].receive(8) == sent)
                #expect(try await self.exceeded(engine) == [.broadcastBytesPerSecond: 1])
                let counts = try await engine.manager.registry.counts().get()
                #expect(counts.traffic.datagramsIn == 8)
            }
        }

        @Test("if a service broadcasts datagrams one by one, a sender over the rate is closed and not throttled")
        func otherBytes() async throws {
            let events = Events()
            let manager = ConnectionManager(eventLoops: 1, limits: Limits(broadcastBytesPerSecond: 500))
            let bound = try await manager.openTCPServerRendezvous(
                Rendezvous(host: "127.0.0.1", port: 0),
                service: OneByOne(),
                observers: [events]
            ).get()
            let peers = [try Peer(port: bound.address.port), try Peer(port: bound.address.port)]
            await events.opened(2)
            let sent = (0..<8).map { [UInt8](repeating: UInt8($0), count: 98) }
            try peers[0].send(raw: sent.flatMap { frame($0) })
            #expect(await events.closed() == [.rateLimited])
            #expect(try peers[1].receive(2) == Array(sent.prefix(2)))
            try await manager.shutDown()
            #expect(peers[1].readToEnd() == 0)
        }

        @Test("data that waits longer than throttle_age closes its connection, and data that waits less does not")
        func throttleAge() async throws {
            try await self.run(.echo) {
                $0.datagramsPerSecond = 10
                $0.throttleAge = .seconds(1)
            } _: { engine in
                let peers = try await engine.peers(2)
                try peers[0].send(raw: Array(repeatElement(frame([1]), count: 40).joined()))
                try peers[1].send(raw: Array(repeatElement(frame([2]), count: 15).joined()))
                #expect(await engine.events.closed() == [.rateLimited])
                #expect(try peers[1].receive(15).count == 15)
                #expect(try await self.exceeded(engine) == [.datagramsPerSecond: 2, .throttleAge: 1])
                // More than the first ten came back: the rate let echoes through until the close.
                #expect(peers[0].readToEnd() > 3 * 10)
            }
        }

        @Test("timeouts pause while a rate delays a connection, and continue afterwards")
        func timeouts() async throws {
            try await self.run(.echo) {
                $0.datagramsPerSecond = 5
                $0.frameTimeout = .milliseconds(300)
                $0.idleTimeout = .milliseconds(300)
            } _: { engine in
                let peer = try await engine.peers(1)[0]
                // The last frame is cut. The event loop notices that only after the rate has let the frames before it
                // through.
                try peer.send(raw: Array(repeatElement(frame([1]), count: 10).joined()) + [1])
                #expect(try peer.receive(10).count == 10)
                let reason = await engine.events.closed()
                #expect(reason == [.frameTimeout] || reason == [.idleTimeout])
                #expect(try await self.exceeded(engine)[.datagramsPerSecond] == 1)
            }
        }

        @Test("a changed rate applies at once to delayed data", arguments: [nil, 1000])
        func change(rate: Int?) async throws {
            try await self.run(.echo) {
                $0.datagramsPerSecond = 1
            } _: { engine in
                let peer = try await engine.peers(1)[0]
                let sent = (0..<100).map { [UInt8($0)] }
                try peer.send(raw: sent.flatMap { frame($0) })
                #expect(try peer.receive(1) == [[0]])
                let start = ContinuousClock.now
                try await engine.manager.update(ManagerUpdate(limits: Limits(datagramsPerSecond: rate))).get()
                #expect(try peer.receive(99) == Array(sent.suffix(99)))
                #expect(.now - start < .milliseconds(700))
            }
        }

        @Test(
            "a peer that closes or resets while its data is delayed costs no processor time, and its data is delivered",
            arguments: [false, true]
        )
        func end(isReset: Bool) async throws {
            let receiver = TestService { $1.broadcast($0, includingSender: false) }
            try await self.run(receiver) {
                $0.datagramsPerSecond = 50
            } _: { engine in
                let peers = try await engine.peers(2)
                let sent = (0..<75).map { [UInt8($0)] }
                try peers[0].send(raw: sent.flatMap { frame($0) })
                #expect(try peers[1].receive(50) == Array(sent.prefix(50)))
                if isReset { peers[0].abort() } else { peers[0].shutWriting() }
                let start = Self.processorTime()
                #expect(try peers[1].receive(25) == Array(sent.suffix(25)))
                #expect(Self.processorTime() - start < .milliseconds(250))
                #expect(await engine.events.closed() == [isReset ? .peerReset : .peerClosed])
            }
        }

        private static func processorTime() -> Duration {
            var time = timespec()
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        }
    }
}

/// Broadcasts each datagram of a run by itself, and ignores the number of bytes that a broadcast holds back.
private struct OneByOne: ServiceProvider {
    func makeService(eventLoopIndex: Int) -> any Service { OnLoop() }

    private final class OnLoop: Service {
        func received(_ run: DatagramRun, from connection: Connection, partsMax: Int) -> Int {
            var offset = 0
            while offset < run.bytes.count {
                let end = offset + run.framing.frameBytes(in: run.bytes, at: offset)
                let bytes = UnsafeRawBufferPointer(rebasing: run.bytes[offset..<end])
                connection.broadcast(
                    DatagramRun(bytes: bytes, datagramCount: 1, framing: run.framing),
                    includingSender: true
                )
                offset = end
            }
            return run.bytes.count - connection.heldBackBytes
        }
    }
}
