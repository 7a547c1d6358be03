import EngineSupport
import Glibc
import Testing
import Wire

@testable import Engine

extension SocketTests {
    @Suite("UDP relay")
    struct UDPRelayTests {
        private static let udp = Rendezvous(name: "udp", host: "127.0.0.1", port: 0, transport: .udp)
        private static let two = Rendezvous(name: "two", host: "127.0.0.1", port: 0)
        private static let four = Rendezvous(name: "four", host: "127.0.0.1", port: 0, framing: .four)

        @Test("an echo returns payloads unchanged, including an empty one and the longest")
        func echo() async throws {
            try await TestEngine.run(.echo, rendezvous: [Self.udp]) { engine in
                let peer = try UDPPeerSocket()
                for payload in [[1, 2, 3], [], [UInt8](repeating: 7, count: 1500)] {
                    try peer.send(payload, to: engine.port())
                    #expect(try peer.receive() == payload)
                }
                let counts = try await engine.manager.registry.counts().get()
                #expect(counts.open == 1)
                #expect(counts.traffic.bytesIn == 1509)
                #expect(counts.traffic.bytesOut == 1509)
                #expect(counts.udp == UDPCounts())
            }
        }

        @Test("a broadcast reaches each listener in its own framing", arguments: [1, 2, 3])
        func mixed(eventLoops: Int) async throws {
            try await TestEngine.run(
                .broadcast,
                rendezvous: [Self.udp, Self.two, Self.four],
                eventLoops: eventLoops,
                udpProof: .none
            ) { engine in
                let two = try Peer(port: engine.port(1))
                let four = try Peer(port: engine.port(2), framing: .four)
                let udp = [try UDPPeerSocket(), try UDPPeerSocket()]
                await engine.events.opened(2)
                try udp[1].send([0], to: engine.port())
                #expect(try udp[1].receive() == [0])
                #expect(try two.receive(1) == [[0]])
                #expect(try four.receive(1) == [[0]])
                let long = [UInt8](repeating: 5, count: 1501)
                try udp[0].send([1], to: engine.port())
                // The senders take turns, because event loops do not keep the order of several senders.
                for (sent, send) in [
                    ([[1]], {}), ([[2], [3]], { try two.send([2], [3]) }),
                    ([[4], long, [], [6]], { try four.send([4], long, [], [6]) }),
                ] as [([[UInt8]], () throws -> Void)] {
                    try send()
                    #expect(try two.receive(sent.count) == sent)
                    #expect(try four.receive(sent.count) == sent)
                    for each in udp {
                        for payload in sent where payload != long { #expect(try each.receive() == payload) }
                    }
                }
                #expect(try await engine.manager.registry.counts().get().traffic.datagramsUnframeable == 2)
            }
        }

        @Test("a broadcast over UDP that excludes its sender reaches the others, in order with echoes")
        func byFirstByte() async throws {
            try await TestEngine.run(.byFirstByte, rendezvous: [Self.udp], udpProof: .none) { engine in
                let peers = [try UDPPeerSocket(), try UDPPeerSocket()]
                for peer in peers {
                    try peer.send([0], to: engine.port())
                    #expect(try peer.receive() == [0])
                }
                for payload: [UInt8] in [[0, 1], [1, 2], [0, 3], [1, 4], [0, 5]] {
                    try peers[0].send(payload, to: engine.port())
                }
                #expect(try (0..<3).map { _ in try peers[0].receive() } == [[0, 1], [0, 3], [0, 5]])
                #expect(try (0..<2).map { _ in try peers[1].receive() } == [[1, 2], [1, 4]])
            }
        }

        @Test("an unproven address gets at most as many bytes as it sent, and its broadcasts reach no other connection")
        func reflection() async throws {
            let tripled = TestService { run, connection in
                for _ in 0..<3 { connection.send(run) }
                connection.broadcast(run, includingSender: true)
                connection.broadcast(run, includingSender: false)
            }
            let limits = Limits(unprovenUDPAnswersPerSecond: nil)
            try await TestEngine.run(tripled, rendezvous: [Self.udp, Self.two], limits: limits) { engine in
                let stream = try Peer(port: engine.port(1))
                // No TCP connection comes from 127.0.0.2.
                let peers = [try UDPPeerSocket(host: "127.0.0.2"), try UDPPeerSocket(host: "127.0.0.2")]
                for round in 1...20 {
                    for peer in peers { try peer.send([UInt8](repeating: 1, count: round), to: engine.port()) }
                }
                try stream.send([9])
                // A proven connection gets all three echoes and one broadcast.
                #expect(try stream.receive(4) == [[9], [9], [9], [9]])
                let counts = try await engine.manager.registry.counts().get()
                #expect(counts.traffic.datagramsIn == 41)
                let bytesIn = 2 * (1...20).reduce(0) { $0 + $1 + 2 }
                let datagrams = peers.flatMap { $0.drain() }
                #expect(datagrams.reduce(0) { $0 + $1.count } <= bytesIn)
                #expect(datagrams.count == 40)
                #expect(counts.udp.withheld == 3 * 40)
            }
        }

        @Test("a TCP connection proves its address until the connection ends")
        func provenByTCP() async throws {
            try await TestEngine.run(.broadcast, rendezvous: [Self.udp, Self.two]) { engine in
                let peer = try UDPPeerSocket()
                try peer.send([1], to: engine.port())
                #expect(try peer.receive() == [1])
                var stream: Peer? = try Peer(port: engine.port(1))
                await engine.events.opened(2)
                try peer.send([2], to: engine.port())
                #expect(try stream?.receive(1) == [[2]])
                try stream?.send([3], [4], [5])
                #expect(try (0..<4).map { _ in try peer.receive() } == [[2], [3], [4], [5]])
                // Unread data would turn the close into a reset.
                #expect(try stream?.receive(3) == [[3], [4], [5]])
                stream = nil
                #expect(await engine.events.closed() == [.peerClosed])
            }
        }

        @Test("an unproven connection adds no cost to a broadcast, and a proven one does")
        func priceOfBroadcasts() async throws {
            var limits = Limits()
            limits.broadcastBytesPerSecond = 200
            try await TestEngine.run(.broadcast, rendezvous: [Self.udp, Self.two], limits: limits) { engine in
                let stranger = try UDPPeerSocket(host: "127.0.0.2")
                try stranger.send([1], to: engine.port())
                #expect(try stranger.receive() == [1])
                let streams = [try Peer(port: engine.port(1)), try Peer(port: engine.port(1))]
                await engine.events.opened(3)
                let payload = [UInt8](repeating: 1, count: 98)
                try streams[0].send(payload)
                for stream in streams { #expect(try stream.receive(1) == [payload]) }
                let proven = try UDPPeerSocket()
                try proven.send([], to: engine.port())
                #expect(try proven.receive() == [])
                try streams[1].send(payload)
                #expect(await engine.events.closed() == [.rateLimited])
            }
        }

        @Test("a datagram from the program's own socket is not answered")
        func ownSocket() async throws {
            try await TestEngine.run(.echo, rendezvous: [Self.udp, Self.udp]) { engine in
                let own = try await engine.manager.openUDPConnection(host: "127.0.0.3", port: 0).get()
                for index in 0...1 {
                    #expect(own.send(Datagram([1]), to: NetAddress(host: "127.0.0.1", port: engine.port(index))))
                }
                let peer = try UDPPeerSocket()
                for index in 0...1 {
                    try peer.send([2], to: engine.port(index))
                    #expect(try peer.receive() == [2])
                }
                let counts = try await engine.manager.registry.counts().get()
                #expect(counts.udp.unanswerable == 2)
                #expect(counts.open == 2)
            }
        }

        @Test(
            "a socket on all interfaces answers from the address that the datagram was sent to",
            arguments: [nil, "0.0.0.0"]
        )
        func localAddress(host: String?) async throws {
            let everywhere = Rendezvous(name: "udp", host: host, port: 0, transport: .udp)
            try await TestEngine.run(.broadcast, rendezvous: [everywhere], udpProof: .none) { engine in
                for address in ["127.0.0.2", "127.0.0.1", "127.0.0.3"] {
                    let peer = try UDPPeerSocket()
                    try peer.connect(to: address, engine.port())
                    try peer.send([1], to: nil)
                    #expect(try peer.receive() == [1])
                }
            }
        }

        @Test("connections survive the loss of their socket, and the loss is reported")
        func reopened() async throws {
            try await TestEngine.run(.echo, rendezvous: [Self.udp]) { engine in
                let peer = try UDPPeerSocket()
                try peer.send([1], to: engine.port())
                #expect(try peer.receive() == [1])
                guard case .udp(let listener) = engine.rendezvous[0].socket else {
                    Issue.record("the rendezvous socket is not a UDP listener")
                    return
                }
                try await listener.socket.lose()
                await engine.events.reopened()
                try peer.send([2], to: engine.port())
                #expect(try peer.receive() == [2])
                let counts = try await engine.manager.registry.counts().get()
                #expect(counts.opened == 1)
                #expect(counts.udp.reopened == 1)
                #expect(engine.events.all.withLock { $0.contains(.listenerLost) })
            }
        }

        @Test("a closed rendezvous keeps its connections, and frees its port with the last one")
        func closedRendezvous() async throws {
            try await TestEngine.run(.echo, rendezvous: [Self.udp]) { engine in
                let peers = [try UDPPeerSocket(), try UDPPeerSocket()]
                try peers[0].send([1], to: engine.port())
                #expect(try peers[0].receive() == [1])
                try await engine.manager.closeRendezvous(engine.rendezvous[0]).get()
                try peers[1].send([2], to: engine.port())
                try peers[0].send([3], to: engine.port())
                #expect(try peers[0].receive() == [3])
                #expect(try await engine.manager.registry.counts().get().opened == 1)
                try await engine.manager.closeConnections(drain: .seconds(5)).get()
                #expect(await engine.events.closed() == [.shutdown])
                #expect(try await engine.manager.registry.shards[0].loop.submit { true }.get())
                let again = Rendezvous(host: "127.0.0.1", port: engine.port(), transport: .udp)
                let opening = engine.manager.openUDPRendezvous(again, service: TestService.echo)
                #expect(try await opening.get().address == engine.rendezvous[0].address)
            }
        }
    }
}
