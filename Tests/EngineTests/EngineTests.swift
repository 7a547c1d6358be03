import EngineSupport
import Glibc
import Testing
import Wire

@testable import Engine

extension SocketTests {
    /// The engine with real sockets on the loopback network.
    @Suite("Engine")
    struct EngineTests {
        @Test("an echo returns payloads unchanged, including an empty one and the longest")
        func echo() async throws {
            try await TestEngine.run(.echo) { engine in
                let peer = try await engine.peers(1)[0]
                let payloads = [[1, 2, 3], [], [UInt8](repeating: 7, count: 65_535), [9]]
                for payload in payloads { try peer.send(payload) }
                #expect(try peer.receive(4) == payloads)
            }
        }

        @Test("a broadcast reaches all connections in order, including its sender", arguments: [1, 2])
        func broadcast(eventLoops: Int) async throws {
            try await TestEngine.run(.broadcast, eventLoops: eventLoops) { engine in
                let peers = try await engine.peers(6)
                let sent = (0..<200).map { [UInt8(5), UInt8($0)] }
                for payload in sent { try peers[0].send(payload) }
                for peer in peers { #expect(try peer.receive(200) == sent) }
            }
        }

        @Test("a broadcast that excludes its sender reaches all others", arguments: [1, 2])
        func broadcastToOthers(eventLoops: Int) async throws {
            try await TestEngine.run(.broadcastToOthers, eventLoops: eventLoops) { engine in
                let peers = try await engine.peers(4)
                for (index, peer) in peers.enumerated() { try peer.send([UInt8(index)], [UInt8(index), 1]) }
                for (index, peer) in peers.enumerated() {
                    let received = try peer.receive(6)
                    for sender in 0..<4 {
                        let expected: [[UInt8]] = sender == index ? [] : [[UInt8(sender)], [UInt8(sender), 1]]
                        #expect(received.filter { $0[0] == UInt8(sender) } == expected)
                    }
                }
            }
        }

        @Test("the datagrams of one sender keep their order across echoes and broadcasts")
        func orderAcrossRoutes() async throws {
            try await TestEngine.run(.broadcast) { engine in
                let peer = try await engine.peers(1)[0]
                try peer.send([1], [2])
                #expect(try peer.receive(2) == [[1], [2]])
            }
            try await TestEngine.run(
                TestService { run, connection in
                    connection.broadcast(run, includingSender: true)
                    connection.send(run)
                    connection.broadcast(run, includingSender: false)
                    connection.broadcast(run, includingSender: true)
                }
            ) { engine in
                let peers = try await engine.peers(2)
                try peers[0].send([1], [2])
                #expect(try peers[0].receive(6) == [[1], [2], [1], [2], [1], [2]])
                #expect(try peers[1].receive(6) == [[1], [2], [1], [2], [1], [2]])
            }
            try await TestEngine.run(.byFirstByte) { engine in
                let peers = try await engine.peers(2)
                try peers[0].send([0, 1], [1, 2], [0, 3], [1, 4], [0, 5])
                #expect(try peers[0].receive(3) == [[0, 1], [0, 3], [0, 5]])
                #expect(try peers[1].receive(2) == [[1, 2], [1, 4]])
            }
        }

        @Test("a broadcast reaches listeners with each header size, in their own framing")
        func headers() async throws {
            let rendezvous = [
                Rendezvous(name: "two", host: "127.0.0.1", port: 0, framing: .two),
                Rendezvous(name: "four", host: "127.0.0.1", port: 0, framing: .four),
            ]
            try await TestEngine.run(.broadcast, rendezvous: rendezvous, limits: Limits(datagramBytes: 70_000)) {
                engine in
                let two = try Peer(port: engine.port(0), framing: .two)
                let four = try Peer(port: engine.port(1), framing: .four)
                await engine.events.opened(2)
                let long = [UInt8](repeating: 3, count: 65_536)
                try two.send([1])
                #expect(try two.receive(1) == [[1]])
                #expect(try four.receive(1) == [[1]])
                try four.send([2, 2], long, [4])
                #expect(try four.receive(3) == [[2, 2], long, [4]])
                #expect(try two.receive(2) == [[2, 2], [4]])
                #expect(try await engine.manager.registry.counts().get().traffic.datagramsUnframeable == 1)
            }
        }

        @Test("a datagram one byte over the limit closes its connection after the earlier datagrams; others stay open")
        func oversized() async throws {
            try await TestEngine.run(.echo, limits: Limits(datagramBytes: 10)) { engine in
                let peers = try await engine.peers(2)
                let longest = [UInt8](repeating: 1, count: 10)
                try peers[0].send(longest, longest + [1])
                #expect(try peers[0].receive(1) == [longest])
                #expect(peers[0].isEnded())
                #expect(await engine.events.closed() == [.oversizedDatagram])
                try peers[1].send(longest)
                #expect(try peers[1].receive(1) == [longest])
            }
        }

        @Test("a peer that does not read is closed at its limit, and the others get every datagram in order")
        func slowConsumer() async throws {
            let limits = Limits(pendingBytes: 100_000)
            try await TestEngine.run(.broadcast, limits: limits) { engine in
                let stuck = try Peer(port: engine.port(), receiveBufferBytes: 4096)
                let sender = try Peer(port: engine.port())
                await engine.events.opened(2)
                var number: UInt8 = 0
                var isClosed = false
                // The kernel's buffers fill first, and their size is unknown.
                for _ in 0..<2_000 where !isClosed {
                    number &+= 1
                    let payload = [UInt8](repeating: number, count: 30_000)
                    try sender.send(payload)
                    #expect(try sender.receive(1) == [payload])
                    isClosed = engine.manager.registry.count == 1
                }
                #expect(await engine.events.closed() == [.slowConsumer])
                withExtendedLifetime(stuck) {}
            }
        }

        @Test("a slow reader gets pending datagrams later, whole and in order")
        func congested() async throws {
            let datagrams = 1_000
            try await TestEngine.run(.echo, limits: Limits(pendingBytes: nil)) { engine in
                let peer = try Peer(port: engine.port(), receiveBufferBytes: 4096)
                let sent = (0..<datagrams).map { index in [UInt8](repeating: UInt8(index % 251), count: 20_000) }
                for payload in sent { try peer.send(payload) }
                #expect(try peer.receive(datagrams) == sent)
            }
        }

        @Test("a connection over the limit waits until a slot is free, and is not refused")
        func connectionLimit() async throws {
            try await TestEngine.run(.echo, limits: Limits(connections: 2)) { engine in
                var peers = try await engine.peers(2)
                let waiting = try (0..<10).map { [UInt8($0)] }.map { payload in
                    let peer = try Peer(port: engine.port())
                    try peer.send(payload)
                    return peer
                }
                // The answers prove that the listener's event loop has run and that the open connections work.
                for peer in peers {
                    try peer.send([9])
                    #expect(try peer.receive(1) == [[9]])
                }
                try await engine.manager.answersOfEventLoops().get()
                #expect(engine.manager.registry.count == 2)
                #expect(try await engine.manager.registry.counts().get().opened == 2)
                peers.removeLast()
                #expect(try waiting[0].receive(1) == [[0]])
                peers.removeLast()
                #expect(try waiting[1].receive(1) == [[1]])
                let counts = try await engine.manager.registry.counts().get()
                #expect(counts.refused == [:])
                #expect(counts.opened == 4)
                #expect(counts.open <= 2)
                #expect(counts.limitReached == 3)
            }
        }

        @Test("datagrams that a peer sent before it closed its sending side are delivered")
        func halfClosed() async throws {
            try await TestEngine.run(.broadcastToOthers) { engine in
                let peers = try await engine.peers(2)
                try peers[0].send([1], [2])
                peers[0].shutWriting()
                #expect(try peers[1].receive(2) == [[1], [2]])
                #expect(await engine.events.closed() == [.peerClosed])
            }
        }

        @Test("a reset has its own close reason")
        func reset() async throws {
            try await TestEngine.run(.echo) { engine in
                let peer = try await engine.peers(1)[0]
                peer.abort()
                #expect(await engine.events.closed() == [.peerReset])
            }
        }

        @Test("a reset that a send discovers has the reason peerReset")
        func resetWhileSending() async throws {
            try await TestEngine.run(.broadcast) { engine in
                let peers = try await engine.peers(2)
                for round in 0..<20 {
                    let leaving = try Peer(port: engine.port())
                    await engine.events.opened(3 + round)
                    try peers[0].send([1])
                    leaving.abort()
                    try peers[0].send([2])
                    #expect(try peers[1].receive(2) == [[1], [2]])
                    #expect(try peers[0].receive(2) == [[1], [2]])
                    #expect(await engine.events.closed(round + 1).last == .peerReset)
                }
            }
        }

        @Test("the registry finds, visits and counts connections on every event loop, and never reuses an id")
        func registry() async throws {
            try await TestEngine.run(.echo, eventLoops: 2) { engine in
                var peers = try await engine.peers(3)
                let registry = engine.manager.registry
                for id in 1...3 {
                    let found = try await registry.withConnection(ConnectionID(rawValue: UInt64(id))) { $0.id }.get()
                    #expect(found == ConnectionID(rawValue: UInt64(id)))
                }
                #expect(try await registry.withConnection(ConnectionID(rawValue: 4)) { $0.id }.get() == nil)
                peers.removeAll()
                _ = await engine.events.closed(3)
                peers = [try Peer(port: engine.port())]
                await engine.events.opened(4)
                let visited = Events()
                try await registry.visit { visited.connectionOpened($0) }.get()
                #expect(visited.all.withLock { $0 } == [.opened(ConnectionID(rawValue: 4))])
                let counts = try await registry.counts().get()
                #expect(counts.open == 1)
                #expect(counts.opened == 4)
                withExtendedLifetime(peers) {}
            }
        }
    }
}
