import Glibc
import Testing
import Wire

@testable import Engine

extension SocketTests {
    /// Client connections that open, and their ends.
    @Suite("Client connection")
    struct ClientConnectionTests {
        @Test(
            "an echo returns payloads unchanged, including an empty one and the longest",
            arguments: [Framing.two, .four]
        )
        func echo(framing: Framing) async throws {
            let rendezvous = Rendezvous(host: "127.0.0.1", port: 0, framing: framing)
            try await TestEngine.run(.echo, rendezvous: [rendezvous]) { engine in
                try await Client.run { client in
                    let connection = try await client.open(engine.port(), framing: framing)
                    #expect(connection.peer == NetAddress(host: "127.0.0.1", port: engine.port()))
                    #expect(connection.rendezvous == nil)
                    #expect(connection.framing == framing)
                    let payloads = [[1, 2, 3], [], [UInt8](repeating: 7, count: 65_535), [9]]
                    for payload in payloads { try await connection.send(payload) }
                    #expect(await client.received.first(4) == payloads)
                }
            }
        }

        @Test("a broadcast reaches client connections of each framing")
        func broadcast() async throws {
            let arrived = Payloads()
            let rendezvous = [Framing.two, .four].map { Rendezvous(host: "127.0.0.1", port: 0, framing: $0) }
            try await TestEngine.run(arrived.service, rendezvous: rendezvous) { engine in
                try await Client.run(eventLoops: 2) { client in
                    let connection = try await client.open(engine.port(0), framing: .two)
                    _ = try await client.open(engine.port(1), framing: .four)
                    try await connection.broadcast([1, 2])
                    #expect(await arrived.first(2) == [[1, 2], [1, 2]])
                }
            }
        }

        @Test("a close by the peer is reported once, after the opening")
        func peerCloses() async throws {
            try await TestEngine.run(.echo) { engine in
                let (events, id) = try await Client.run { client in
                    let connection = try await client.open(engine.port())
                    await engine.events.opened(1)
                    try await engine.manager.registry.visit { $0.close() }.get()
                    #expect(await client.events.closed() == [.peerClosed])
                    #expect(await engine.events.closed() == [.closedHere])
                    return (client.events, connection.id)
                }
                #expect(events.all.withLock { $0 } == [.opened(id), .closed(id, .peerClosed)])
            }
        }

        @Test("a close by the program ends the connection at the peer, and is reported once")
        func closedHere() async throws {
            try await TestEngine.run(.echo) { engine in
                try await Client.run { client in
                    let connection = try await client.open(engine.port())
                    try await connection.shard.loop.submit { connection.close() }.get()
                    #expect(await client.events.closed() == [.closedHere])
                    #expect(await engine.events.closed() == [.peerClosed])
                }
            }
        }

        @Test("a hundred concurrent connects each get their own id in the registry")
        func hundred() async throws {
            try await TestEngine.run(.echo) { engine in
                try await Client.run(eventLoops: 2) { client in
                    let ids = try await withThrowingTaskGroup(of: ConnectionID.self) { group in
                        for _ in 0..<100 { group.addTask { try await client.open(engine.port()).id } }
                        return try await group.reduce(into: Set()) { $0.insert($1) }
                    }
                    #expect(ids.count == 100)
                    #expect(try await client.manager.registry.counts().get().open == 100)
                    #expect(client.manager.registry.count == 100)
                    await engine.events.opened(100)
                }
            }
        }

        @Test("a thread can block until the connection opens or fails")
        func waiting() async throws {
            try await TestEngine.run(.echo) { engine in
                try await Client.run { client in
                    func open() throws(ConnectError) -> Connection {
                        try client.manager.openTCPClientConnectionAndWait(
                            host: "127.0.0.1",
                            port: engine.port(),
                            timeout: .seconds(10),
                            service: client.received.service,
                            observers: [client.events]
                        )
                    }
                    let connection = try open()
                    try await connection.send([1])
                    #expect(await client.received.first(1) == [[1]])
                    _ = try await engine.shutDown(drain: .zero)
                    #expect(throws: ConnectError.refused(host: "127.0.0.1", port: engine.port())) { try open() }
                }
            }
        }

        @Test("blocking an event loop on a connect ends the program with a message")
        func waitingOnEventLoop() async throws {
            let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                try await Client.run { client in
                    try await client.manager.nextShard().loop.submit {
                        _ = try client.manager.openTCPClientConnectionAndWait(
                            host: "127.0.0.1",
                            port: 1,
                            timeout: .seconds(1),
                            service: client.received.service,
                            observers: [client.events]
                        )
                    }.get()
                }
            }
            let words = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
            #expect(words.contains("openTCPClientConnectionAndWait was called on an event loop"))
        }

        @Test("a client connection disables Nagle's algorithm and has a limited kernel buffer")
        func socketOptions() async throws {
            try await TestEngine.run(.echo) { engine in
                try await Client.run { client in
                    let connection = try await client.open(engine.port())
                    let option = { (level: CInt, name: CInt) in
                        try await connection.shard.loop.submit {
                            var value: CInt = 0
                            var length = socklen_t(MemoryLayout<CInt>.size)
                            getsockopt(connection.source?.descriptor ?? -1, level, name, &value, &length)
                            return Int(value)
                        }.get()
                    }
                    #expect(try await option(CInt(IPPROTO_TCP), TCP_NODELAY) == 1)
                    let bytes = try await option(SOL_SOCKET, SO_RCVBUF)
                    // Linux doubles the requested size, and has a limit of its own.
                    #expect(bytes <= 2 * StreamOptions.receiveBufferBytes)
                    #expect(bytes > 0)
                }
            }
        }
    }
}
