import Glibc
import Testing

@testable import Engine

extension SocketTests {
    /// Client connections that fail to open, or open at a later address.
    @Suite("Client dial")
    struct ClientDialTests {
        /// The allowed delay of a timeout: a busy machine runs the event loop late.
        static let tolerance = Duration.seconds(1)

        static func isTime(_ time: Duration, _ timeout: Duration) -> Bool {
            (timeout...timeout + Self.tolerance).contains(time)
        }

        @Test("a connect to a closed port is refused and reports no connection")
        func refused() async throws {
            let dead = try DeadPort.refusing()
            try await Client.run { client in
                await #expect(throws: ConnectError.refused(host: "127.0.0.1", port: dead.port)) {
                    try await client.open(dead.port)
                }
                #expect(client.manager.registry.count == 0)
                #expect(client.events.all.withLock { $0 }.isEmpty)
            }
        }

        @Test("a connect to an unknown name fails with nameNotFound")
        func nameNotFound() async throws {
            try await Client.run { client in
                let error = ConnectError.nameNotFound(host: "nobody.invalid", port: 9099, code: EAI_NONAME)
                await #expect(throws: error) { try await client.open("nobody.invalid", 9099) }
                #expect(client.manager.registry.count == 0)
            }
        }

        @Test("a connect to a name without addresses fails with nameNotFound")
        func nameWithoutAddresses() async throws {
            try await Client.run(NameTable(["empty.invalid": []])) { client in
                let error = ConnectError.nameNotFound(host: "empty.invalid", port: 9099, code: EAI_NONAME)
                await #expect(throws: error) { try await client.open("empty.invalid", 9099) }
            }
        }

        @Test("a port out of range is an error", arguments: [-1, 65_536])
        func badPort(port: Int) async throws {
            try await Client.run { client in
                let error = ConnectError.systemError(host: "127.0.0.1", port: port, code: EINVAL)
                await #expect(throws: error) { try await client.open(port) }
            }
        }

        @Test("a connect with a stuck resolver times out and does not delay other connects")
        func resolverHangs() async throws {
            let resolver = HangingResolver()
            try await TestEngine.run(.echo) { engine in
                try await Client.run(resolver) { client in
                    let timeout = Duration.milliseconds(300)
                    async let failing = client.timeToFail("hangs.invalid", 9099, timeout: timeout)
                    _ = try await client.open("lives.invalid", engine.port())
                    let (error, time) = try await failing
                    #expect(error == .timedOut(host: "hangs.invalid", port: 9099, after: timeout))
                    #expect(Self.isTime(time, timeout), "\(time)")
                    _ = try await client.open("lives.invalid", engine.port())
                    #expect(client.manager.registry.count == 2)
                }
            }
            resolver.gate.open()
        }

        @Test("lookups past the limit are refused until one ends; literal addresses need no lookup")
        func lookupLimit() async throws {
            let resolver = HangingResolver()
            try await TestEngine.run(.echo) { engine in
                try await Client.run(resolver, limits: Limits(lookups: 1)) { client in
                    let (error, _) = try await client.timeToFail("hangs.invalid", 9099, timeout: .milliseconds(1))
                    #expect(error == .timedOut(host: "hangs.invalid", port: 9099, after: .milliseconds(1)))
                    let tooMany = ConnectError.tooManyLookups(host: "lives.invalid", port: 9099, limit: 1)
                    await #expect(throws: tooMany) { try await client.open("lives.invalid", 9099) }
                    _ = try await client.open("127.0.0.1", engine.port())
                    resolver.gate.open()
                    var found: Connection?
                    while found == nil { found = try? await client.open("lives.invalid", engine.port()) }
                }
            }
        }

        @Test("a name with a refusing and a working address connects, in either order", arguments: [true, false])
        func refusedAndLiving(deadFirst: Bool) async throws {
            let dead = try DeadPort.refusing()
            try await TestEngine.run(.echo) { engine in
                let addresses = [loopback(dead.port), loopback(engine.port())]
                let names = NameTable(["two.invalid": deadFirst ? addresses : addresses.reversed()])
                try await Client.run(names) { client in
                    let connection = try await client.open("two.invalid", 9099)
                    #expect(connection.peer.port == engine.port())
                    #expect(client.manager.registry.count == 1)
                }
            }
        }

        @Test("a name with a refusing IPv6 address connects over IPv4")
        func deadIPv6() async throws {
            let dead = try DeadPort.refusing()
            try await TestEngine.run(.echo) { engine in
                let names = NameTable(["two.invalid": [loopback(dead.port, "::1"), loopback(engine.port())]])
                try await Client.run(names) { client in
                    let connection = try await client.open("two.invalid", 9099)
                    #expect(connection.peer.host == "127.0.0.1")
                }
            }
        }

        @Test("a name with a silent and a working address connects long before the timeout")
        func silentAndLiving() async throws {
            let silent = try DeadPort.silent()
            try await TestEngine.run(.echo) { engine in
                let names = NameTable(["two.invalid": [loopback(silent.port), loopback(engine.port())]])
                try await Client.run(names) { client in
                    let begunAt = ContinuousClock.now
                    let connection = try await client.open("two.invalid", 9099, timeout: .seconds(10))
                    #expect(.now - begunAt < .seconds(5))
                    #expect(connection.peer.port == engine.port())
                    #expect(try silent.askingCount() == 0)
                    #expect(client.events.all.withLock { $0 } == [.opened(connection.id)])
                }
            }
        }

        @Test("a connect to a silent port times out", arguments: [100, 500])
        func silent(milliseconds: Int) async throws {
            let silent = try DeadPort.silent()
            let timeout = Duration.milliseconds(milliseconds)
            try await Client.run { client in
                let (error, time) = try await client.timeToFail("127.0.0.1", silent.port, timeout: timeout)
                #expect(error == .timedOut(host: "127.0.0.1", port: silent.port, after: timeout))
                #expect(Self.isTime(time, timeout), "\(time)")
                #expect(try silent.askingCount() == 0)
                #expect(client.manager.registry.count == 0)
            }
        }

        @Test("a connect to a refusing and a silent address reports the refusal")
        func refusedAndSilent() async throws {
            let (silent, dead) = (try DeadPort.silent(), try DeadPort.refusing())
            let names = NameTable(["two.invalid": [loopback(silent.port), loopback(dead.port)]])
            try await Client.run(names) { client in
                let (error, _) = try await client.timeToFail("two.invalid", 9099, timeout: .milliseconds(100))
                #expect(error == .refused(host: "two.invalid", port: 9099))
            }
        }

        @Test("cancelling the task closes the socket and throws at once")
        func cancelled() async throws {
            let silent = try DeadPort.silent()
            try await Client.run { client in
                let opening = Task { try await client.open(silent.port, timeout: .seconds(30)) }
                while try silent.askingCount() == 0 { await Task.yield() }
                let cancelledAt = ContinuousClock.now
                opening.cancel()
                await #expect(throws: ConnectError.cancelled(host: "127.0.0.1", port: silent.port)) {
                    try await opening.value
                }
                #expect(.now - cancelledAt < .seconds(2))
                #expect(try silent.askingCount() == 0)
                #expect(client.manager.registry.count == 0)
                #expect(client.events.all.withLock { $0 }.isEmpty)
            }
        }

        @Test("a task that is cancelled before the connect or during the lookup gets no connection")
        func cancelledEarly() async throws {
            let resolver = HangingResolver()
            try await Client.run(resolver) { client in
                let error = ConnectError.cancelled(host: "hangs.invalid", port: 9099)
                let opening = Task { try await client.open("hangs.invalid", 9099, timeout: .seconds(30)) }
                while client.manager.registry.count == 0 { await Task.yield() }
                opening.cancel()
                await #expect(throws: error) { try await opening.value }
                let early = Task {
                    while !Task.isCancelled { await Task.yield() }
                    return try await client.open("hangs.invalid", 9099, timeout: .seconds(30))
                }
                early.cancel()
                await #expect(throws: error) { try await early.value }
                #expect(client.manager.registry.count == 0)
            }
            resolver.gate.open()
        }

        @Test("the manager's shutdown cancels connects in progress")
        func managerEnds() async throws {
            let resolver = HangingResolver()
            let silent = try DeadPort.silent()
            let (waiting, connecting) = try await Client.run(resolver) { client in
                let waiting = Task { try await client.open("hangs.invalid", 9099, timeout: .seconds(30)) }
                let connecting = Task { try await client.open(silent.port, timeout: .seconds(30)) }
                while try silent.askingCount() == 0 || client.manager.registry.count < 2 { await Task.yield() }
                return (waiting, connecting)
            }
            await #expect(throws: ConnectError.cancelled(host: "hangs.invalid", port: 9099)) { try await waiting.value }
            await #expect(throws: ConnectError.cancelled(host: "127.0.0.1", port: silent.port)) {
                try await connecting.value
            }
            resolver.gate.open()
        }

        @Test("a connection over the limit is not opened, and is counted; a freed slot can be used again")
        func connectionLimit() async throws {
            try await TestEngine.run(.echo) { engine in
                try await Client.run(limits: Limits(connections: 1)) { client in
                    let connection = try await client.open(engine.port())
                    let tooMany = ConnectError.tooManyConnections(host: "127.0.0.1", port: engine.port(), limit: 1)
                    await #expect(throws: tooMany) { try await client.open(engine.port()) }
                    #expect(try await client.manager.registry.counts().get().refused == [.connectionLimit: 1])
                    try await connection.shard.loop.submit { connection.close() }.get()
                    _ = await client.events.closed()
                    while client.manager.registry.count > 0 { await Task.yield() }
                    _ = try await client.open(engine.port())
                }
            }
        }
    }
}
