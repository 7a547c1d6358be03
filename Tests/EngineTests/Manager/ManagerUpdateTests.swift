import EngineSupport
import Testing
import Wire

@testable import Engine

extension SocketTests {
    /// Changes to a manager at run time.
    @Suite("Updates")
    struct ManagerUpdateTests {
        @Test("an update calls each event loop once, on that loop, after the new limits apply", arguments: [1, 3])
        func everyLoop(eventLoops: Int) async throws {
            try await TestEngine.run(.echo, eventLoops: eventLoops) { engine in
                let shards = engine.manager.registry.shards
                let called = Locked<[Int]>([])
                try await engine.manager.update(
                    ManagerUpdate(limits: Limits(datagramBytes: 5)) { index in
                        #expect(shards[index].loop.isCurrent)
                        #expect(shards[index].limits.datagramBytes == 5)
                        called.withLock { $0.append(index) }
                    }
                ).get()
                #expect(called.withLock { $0.sorted() } == Array(0..<eventLoops))
            }
        }

        @Test("a connection knows the index of its event loop")
        func loopIndex() async throws {
            try await TestEngine.run(.echo, eventLoops: 2) { engine in
                let peers = try await engine.peers(4)
                let indices = Locked<Set<Int>>([])
                let shards = engine.manager.registry.shards
                try await engine.manager.registry.visit { connection in
                    #expect(shards[connection.eventLoopIndex].loop.isCurrent)
                    indices.withLock { _ = $0.insert(connection.eventLoopIndex) }
                }.get()
                #expect(indices.withLock { $0 } == [0, 1])
                withExtendedLifetime(peers) {}
            }
        }

        @Test("a changed datagram limit applies to existing connections, also in the middle of a frame")
        func datagramBytes() async throws {
            try await TestEngine.run(.echo, limits: Limits(datagramBytes: 10)) { engine in
                let peers = try await engine.peers(2)
                let long = [UInt8](repeating: 1, count: 20)
                try await engine.manager.update(ManagerUpdate(limits: Limits(datagramBytes: 20))).get()
                let bytes = frame(long)
                try peers[0].send(raw: Array(bytes.prefix(7)))
                try peers[1].send(long)
                #expect(try peers[1].receive(1) == [long])
                try peers[0].send(raw: Array(bytes.dropFirst(7)))
                #expect(try peers[0].receive(1) == [long])

                try await engine.manager.update(ManagerUpdate(limits: Limits(datagramBytes: 19))).get()
                try peers[1].send(Array(long.dropLast()))
                #expect(try peers[1].receive(1) == [Array(long.dropLast())])
                try peers[0].send(long)
                #expect(await engine.events.closed() == [.oversizedDatagram])
            }
        }

        @Test("a lower connection limit closes no connection and makes the next one wait; a higher limit admits it")
        func connections() async throws {
            try await TestEngine.run(.echo, limits: Limits(connections: 3)) { engine in
                let peers = try await engine.peers(3)
                try await engine.manager.update(ManagerUpdate(limits: Limits(connections: 1))).get()
                let fourth = try Peer(port: engine.port())
                try fourth.send([4])
                for peer in peers {
                    try peer.send([1])
                    #expect(try peer.receive(1) == [[1]])
                }
                try await engine.manager.answersOfEventLoops().get()
                #expect(engine.manager.registry.count == 3)
                try await engine.manager.update(ManagerUpdate(limits: Limits(connections: 4))).get()
                #expect(try fourth.receive(1) == [[4]])
                let fifth = try Peer(port: engine.port())
                try fifth.send([5])
                try await engine.manager.update(ManagerUpdate(limits: Limits(connections: nil))).get()
                #expect(try fifth.receive(1) == [[5]])
            }
        }

        @Test("a changed framing and name of a rendezvous apply to new connections only")
        func rendezvous() async throws {
            try await TestEngine.run(.broadcast) { engine in
                let two = try await engine.peers(1)[0]
                var terms = engine.rendezvous[0].rendezvous
                terms.name = "four"
                terms.framing = .four
                terms.backlog = 3
                let update = ManagerUpdate(limits: Limits(), rendezvous: [engine.rendezvous[0].becoming(terms)])
                try await engine.manager.update(update).get()
                let four = try Peer(port: engine.port(), framing: .four)
                await engine.events.opened(2)
                try four.send([4])
                try two.send([2])
                for peer in [two, four] { #expect(Set(try peer.receive(2)) == [[2], [4]]) }
                let names = try await engine.manager.registry.withConnection(ConnectionID(rawValue: 2)) {
                    $0.rendezvous?.name
                }.get()
                #expect(names == "four")
                // The rendezvous keeps its socket and its counts. Another rendezvous of the same name has its own
                // counts.
                let other = try await engine.manager.openTCPServerRendezvous(
                    Rendezvous(name: "four", host: "127.0.0.1", port: 0),
                    service: TestService.echo,
                    observers: [engine.events]
                ).get()
                let counts = try await engine.manager.registry.counts().get().listeners
                #expect(counts[engine.rendezvous[0]].open == 2)
                #expect(counts[engine.rendezvous[0]].traffic.datagramsIn == 2)
                #expect(counts[other].opened == 0)
            }
        }

        @Test("clients of a held rendezvous wait until it accepts")
        func held() async throws {
            try await TestEngine.run(.echo) { engine in
                let bound = try await engine.manager.openTCPServerRendezvous(
                    Rendezvous(host: "127.0.0.1", port: 0),
                    isHeld: true,
                    service: TestService.echo,
                    observers: [engine.events]
                ).get()
                let waiting = try Peer(port: bound.address.port)
                try waiting.send([1])
                // The other rendezvous on the same event loop still accepts.
                let other = try Peer(port: engine.port())
                try other.send([2])
                #expect(try other.receive(1) == [[2]])
                #expect(engine.manager.registry.count == 1)
                try await engine.manager.acceptClients(on: bound).get()
                #expect(try waiting.receive(1) == [[1]])
            }
        }

        @Test("a closed UDP rendezvous stays held for its connections, and can accept again")
        func heldUDP() async throws {
            let udp = Rendezvous(name: "udp", host: "127.0.0.1", port: 0, transport: .udp)
            try await TestEngine.run(.echo, rendezvous: [udp], udpProof: .none) { engine in
                let (manager, bound) = (engine.manager, engine.rendezvous[0])
                func setIdleTimeout(_ timeout: Duration) async throws {
                    try await manager.update(
                        ManagerUpdate(limits: Limits(), rendezvous: [bound], udpIdleTimeout: timeout, udpProof: .none)
                    ).get()
                }
                let peer = try UDPPeerSocket()
                try peer.exchange([1], with: engine.port())
                try await manager.closeRendezvous(bound).get()
                try peer.exchange([2], with: engine.port())
                #expect(try await manager.holdRendezvous(bound).get())
                try peer.exchange([3], with: engine.port())

                // All connections have timed out, and the rendezvous still exists.
                try await setIdleTimeout(.milliseconds(1))
                #expect(await engine.events.closed() == [.idleTimeout])
                try await setIdleTimeout(.seconds(60))
                try await manager.acceptClients(on: bound).get()
                try UDPPeerSocket().exchange([4], with: engine.port())

                try await manager.closeRendezvous(bound).get()
                try await setIdleTimeout(.milliseconds(1))
                #expect(await engine.events.closed(2) == [.idleTimeout, .idleTimeout])
                #expect(try await manager.holdRendezvous(bound).get() == false)
            }
        }
    }
}

extension UDPPeerSocket {
    /// Sends a payload and expects it back.
    fileprivate func exchange(_ payload: [UInt8], with port: Int) throws {
        try self.send(payload, to: port)
        #expect(try self.receive() == payload)
    }
}
