import EngineSupport
import Glibc
import Testing
import Wire

@testable import Engine

extension SocketTests {
    /// The limits of one connection, each tested one past its value with real sockets.
    @Suite("Limits of a connection")
    struct ConnectionLimitTests {
        /// Runs an engine with all limits off, except for those that `change` sets.
        private func run(
            _ receiver: TestService,
            eventLoops: Int = 1,
            _ change: (inout Limits) -> Void,
            _ body: (TestEngine) async throws -> Void
        ) async throws {
            var limits = Limits.off(datagramBytes: 65_535)
            change(&limits)
            try await TestEngine.run(receiver, limits: limits, eventLoops: eventLoops, body)
        }

        private func exceeded(_ engine: TestEngine) async throws -> [ConnectionLimit: Int] {
            try await engine.manager.registry.counts().get().exceeded
        }

        @Test(
            "a broadcast counts once for each receiver on all event loops, and one byte over the rate closes the sender",
            arguments: [1, 2],
            [false, true]
        )
        func broadcastBytesPerSecond(eventLoops: Int, includingSender: Bool) async throws {
            let receiver = TestService { $1.broadcast($0, includingSender: includingSender) }
            try await self.run(receiver, eventLoops: eventLoops) {
                $0.broadcastBytesPerSecond = (includingSender ? 4 : 3) * 100
            } _: { engine in
                let peers = try await engine.peers(4)
                let longest = [UInt8](repeating: 1, count: 98)
                try peers[0].send(longest)
                for peer in peers.dropFirst() { #expect(try peer.receive(1) == [longest]) }
                try peers[1].send(longest + [1])
                #expect(await engine.events.closed() == [.rateLimited])
                #expect(try await self.exceeded(engine) == [.broadcastBytesPerSecond: 1])
                // The others did not receive that broadcast. The next one has one receiver fewer.
                try peers[2].send(longest + [2])
                #expect(try peers[3].receive(1) == [longest + [2]])
            }
        }

        @Test("a rate that is set at run time applies to existing connections")
        func ratesChange() async throws {
            try await self.run(.echo) { _ in
            } _: { engine in
                let peer = try await engine.peers(1)[0]
                for _ in 0..<10 { try peer.send([1]) }
                #expect(try peer.receive(10).count == 10)
                let limits = Limits(datagramsPerSecond: 2, throttleAge: .milliseconds(200))
                try await engine.manager.update(ManagerUpdate(limits: limits)).get()
                try peer.send([1], [2], [3])
                #expect(try peer.receive(2) == [[1], [2]])
                #expect(await engine.events.closed() == [.rateLimited])
                #expect(try await self.exceeded(engine) == [.datagramsPerSecond: 1, .throttleAge: 1])
            }
        }

        @Test(
            "past unfinished_bytes_total, the connection with the most unfinished bytes closes, on any event loop",
            arguments: [1, 2]
        )
        func unfinishedBytesTotal(eventLoops: Int) async throws {
            try await self.run(.echo, eventLoops: eventLoops) {
                $0.unfinishedBytesTotal = 70_000
            } _: { engine in
                let peers = try await engine.peers(2)
                let total = engine.manager.registry.shards[0].unfinishedTotal
                let (large, small) = (peers[0], peers[1])
                let (most, least) = ([UInt8](repeating: 1, count: 65_000), [UInt8](repeating: 2, count: 6_000))
                try large.send(raw: Array(frame(most).prefix(64_000)))
                try small.send(raw: Array(frame(least).prefix(5_000)))
                while total.byteCount < 69_000 { try await Task.sleep(for: .milliseconds(1)) }
                try small.send(raw: Array(frame(least)[5_000..<6_000]))
                while total.byteCount < 70_000 { try await Task.sleep(for: .milliseconds(1)) }
                #expect(engine.manager.registry.count == peers.count)
                try small.send(raw: [2])
                #expect(await engine.events.closed() == [.slowSender])
                #expect(try await self.exceeded(engine) == [.unfinishedBytesTotal: 1])
                #expect(large.isEnded())
                try small.send(raw: [2])
                #expect(try small.receive(1) == [least])
                // A datagram's bytes leave the count after the whole read has been handled.
                while total.byteCount > 0 { try await Task.sleep(for: .milliseconds(1)) }
            }
        }

        @Test("past a lowered unfinished_bytes_total, as many connections as necessary close, on any event loop")
        func unfinishedBytesLowered() async throws {
            try await self.run(.echo, eventLoops: 2) { _ in
            } _: { engine in
                let peers = try await engine.peers(4)
                let total = engine.manager.registry.shards[0].unfinishedTotal
                let datagram = frame([UInt8](repeating: 1, count: 60_000))
                for large in [peers[0], peers[2]] { try large.send(raw: Array(datagram.prefix(30_000))) }
                try peers[1].send(raw: Array(datagram.prefix(9_000)))
                while total.byteCount < 69_000 { try await Task.sleep(for: .milliseconds(1)) }
                try await engine.manager.update(ManagerUpdate(limits: Limits(unfinishedBytesTotal: 20_000))).get()
                try peers[1].send(raw: [1])
                #expect(await engine.events.closed(2) == [.slowSender, .slowSender])
                #expect(peers[0].isEnded() && peers[2].isEnded())
                while total.byteCount != 9_001 { try await Task.sleep(for: .milliseconds(1)) }
            }
        }

        @Test("an incomplete datagram closes its connection at frame_timeout, and complete datagrams do not")
        func frameTimeout() async throws {
            try await self.run(.echo) {
                $0.frameTimeout = .milliseconds(200)
            } _: { engine in
                let peers = try await engine.peers(2)
                try peers[0].send(raw: frame([1]) + [9])
                #expect(try peers[0].receive(1) == [[1]])
                #expect(await engine.events.closed() == [.frameTimeout])
                try peers[1].send([2])
                #expect(try peers[1].receive(1) == [[2]])
                #expect(try await self.exceeded(engine) == [.frameTimeout: 1])
            }
        }

        @Test("an idle TCP connection closes at idle_timeout, and a connection that sends does not")
        func idleTimeout() async throws {
            try await self.run(.echo) {
                $0.idleTimeout = .milliseconds(300)
            } _: { engine in
                let peers = try await engine.peers(2)
                while engine.events.all.withLock({ !$0.contains(.closed(ConnectionID(rawValue: 1), .idleTimeout)) }) {
                    try peers[1].send([2])
                    #expect(try peers[1].receive(1) == [[2]])
                }
                #expect(peers[0].isEnded())
                #expect(try await self.exceeded(engine) == [.idleTimeout: 1])
            }
        }

        /// Sends echoes to a peer that does not read, until the peer is closed or `times` sends are done.
        private func flood(_ engine: TestEngine, payloadBytes: Int, times: Int) throws -> Peer {
            let stuck = try Peer(port: engine.port(), receiveBufferBytes: 4096)
            let payload = [UInt8](repeating: 1, count: payloadBytes)
            let count = max(1, 30_000 / (payloadBytes + 2))
            let write = Array(repeatElement(frame(payload), count: count).joined())
            for _ in 0..<times {
                // A failed send means that the connection has been closed.
                guard Glibc.send(stuck.descriptor, write, write.count, CInt(MSG_NOSIGNAL)) > 0 else { break }
            }
            return stuck
        }

        @Test("pending empty datagrams are limited by their number, not by their few bytes")
        func pendingDatagrams() async throws {
            try await self.run(.echo) {
                $0.pendingDatagrams = 1000
            } _: { engine in
                let stuck = try self.flood(engine, payloadBytes: 0, times: 2_000)
                #expect(await engine.events.closed() == [.slowConsumer])
                #expect(try await self.exceeded(engine) == [.pendingDatagrams: 1])
                withExtendedLifetime(stuck) {}
            }
        }

        @Test("pending bytes that wait too long close their connection, even if they are few")
        func pendingAge() async throws {
            try await self.run(.echo) {
                $0.pendingAge = .milliseconds(200)
            } _: { engine in
                let stuck = try self.flood(engine, payloadBytes: 30_000, times: 100)
                #expect(await engine.events.closed() == [.slowConsumer])
                #expect(try await self.exceeded(engine) == [.pendingAge: 1])
                withExtendedLifetime(stuck) {}
            }
        }

        @Test(
            "pending_bytes_total applies across event loops, and closed connections give their bytes back",
            arguments: [1, 2]
        )
        func pendingBytesTotal(eventLoops: Int) async throws {
            // Sends each run to the connection that the first byte names, and back. The test sends one payload at a
            // time, because two event loops at the limit at the same moment would each close one connection.
            let service = TestService { run, connection in
                connection.send(run, to: ConnectionID(rawValue: UInt64(run.payload(at: 0)[0])))
                connection.send(run)
            }
            try await self.run(service, eventLoops: eventLoops) {
                $0.pendingBytesTotal = 100_000
            } _: { engine in
                let registry = engine.manager.registry
                let total = registry.shards[0].pendingTotal
                var stuck: [Peer] = []
                for number in 1...2 {
                    stuck.append(try Peer(port: engine.port(), receiveBufferBytes: 4096))
                    await engine.events.opened(number)
                }
                let sender = try Peer(port: engine.port())
                await engine.events.opened(3)
                for (id, bytesMax) in [(1, 50_000), (2, Int.max)] as [(UInt8, Int)] {
                    let payload = [id] + [UInt8](repeating: 1, count: 10_000)
                    for _ in 0..<2_000 where registry.count == 3 && total.byteCount < bytesMax {
                        try sender.send(payload)
                        #expect(try sender.receive(1) == [payload])
                    }
                }
                let reasons = await engine.events.closed()
                #expect(reasons == [.slowConsumer])
                #expect(try await self.exceeded(engine) == [.pendingBytesTotal: 1])
                #expect((1...100_000).contains(total.byteCount))
                #expect(try await registry.counts().get().pendingBytes == total.byteCount)
                for peer in stuck { peer.abort() }
                _ = await engine.events.closed(2)
                #expect(total.byteCount == 0)
            }
        }

        @Test(
            "with slow_consumer drop, a late reader gets whole datagrams in order, and the missing ones are counted",
            arguments: [ConnectionLimit.pendingBytes, .pendingDatagrams, .pendingBytesTotal]
        )
        func drop(limit: ConnectionLimit) async throws {
            try await self.run(.broadcast) {
                $0.slowConsumer = .drop
                switch limit {
                case .pendingDatagrams: $0.pendingDatagrams = 10
                case .pendingBytesTotal: $0.pendingBytesTotal = 70_000
                default: $0.pendingBytes = 70_000
                }
            } _: { engine in
                let late = try Peer(port: engine.port(), receiveBufferBytes: 4096)
                let sender = try Peer(port: engine.port())
                await engine.events.opened(2)
                let sent: [[UInt8]] = (0..<600).map { number in
                    [UInt8(number / 256)] + [UInt8](repeating: UInt8(number % 256), count: 9_000)
                }
                for payload in sent {
                    try sender.send(payload)
                    #expect(try sender.receive(1) == [payload])
                }
                let counts = try await engine.manager.registry.counts().get()
                let unsent = Int(counts.traffic.datagramsUnsent)
                #expect(unsent > 0 && unsent < sent.count)
                #expect(Int(counts.traffic.datagramsOut) == 2 * sent.count - unsent)
                #expect((counts.exceeded[limit] ?? 0) > 0 && counts.exceeded.count == 1)
                let received = try late.receive(sent.count - unsent)
                var rest = sent[...]
                for payload in received {
                    let index = try #require(rest.firstIndex(of: payload))
                    rest = rest[(index + 1)...]
                }
                // The pending queue has room again.
                try sender.send([255, 255])
                #expect(try late.receive(1) == [[255, 255]])
            }
        }
    }
}
