import Glibc
import Testing

@testable import Engine

/// Dials on an event loop that the test runs turn by turn.
@Suite("Client dial on a driven loop")
struct ClientDialLoopTests {
    private struct Driven {
        let loop: EventLoop
        let shard: Shard
        let registry: ConnectionRegistry
        let events = Events()
        let dials = ClientDials()
        let results = Locked<[Result<Connection, ConnectError>]>([])

        init() throws {
            self.loop = try EventLoop(index: 0, clock: .driven)
            self.shard = Shard(loop: self.loop, limits: Limits())
            self.registry = ConnectionRegistry(shards: [self.shard], limits: Limits())
            _ = self.registry.announce([.two])
            self.loop.runTurns()
        }

        func dial(_ port: Int, timeout: Duration = .seconds(10)) -> ClientDial {
            let origin = ConnectionOrigin(
                rendezvous: nil,
                roster: self.registry.roster,
                service: TestService.echo,
                observers: [self.events]
            )
            let target = ClientDial.Target(host: "127.0.0.1", port: port, timeout: timeout, framing: .two)
            let dial = ClientDial(
                target,
                origin: origin,
                registry: self.registry,
                shard: self.shard,
                lookups: NameLookups(resolver: NameTable([:]), limit: 1),
                dials: self.dials,
                begunAt: self.loop.now
            )
            let results = self.results
            dial.begin { result in results.withLock { $0.append(result) } }
            return dial
        }

        var errors: [ConnectError] {
            self.results.withLock { $0.compactMap { if case .failure(let error) = $0 { error } else { nil } } }
        }
    }

    @Test("an answer after the dial's cancellation closes the socket and reports no connection")
    func late() throws {
        let (driven, listener) = (try Driven(), try DrivenListener())
        defer { listener.end() }
        let dial = driven.dial(listener.port)
        dial.cancel()
        for _ in 0..<3 { driven.loop.runTurn() }
        #expect(driven.errors == [.cancelled(host: "127.0.0.1", port: listener.port)])
        #expect(driven.events.all.withLock { $0 }.isEmpty)
        #expect(driven.registry.count == 0)
        listener.turn(3)
        #expect(listener.registry.count == 0)
        driven.loop.stop()
    }

    @Test("an answer that arrived before the event loop handles the timeout wins")
    func answerAndTimeout() throws {
        let (driven, listener) = (try Driven(), try DrivenListener())
        defer { listener.end() }
        withExtendedLifetime(driven.dial(listener.port, timeout: .milliseconds(1))) {
            driven.loop.runTurns()
            driven.loop.advance(by: .milliseconds(5))
        }
        #expect(driven.results.withLock { $0.count } == 1)
        #expect(driven.registry.count == 1)
        driven.loop.stop()
    }

    @Test("a dial to a silent address times out, to the nanosecond, and frees its slot")
    func timeout() throws {
        let (driven, silent) = (try Driven(), try DeadPort.silent())
        _ = driven.dial(silent.port, timeout: .seconds(2))
        driven.loop.runTurns()
        driven.loop.advance(by: .seconds(2) - .nanoseconds(1))
        #expect(driven.errors.isEmpty)
        #expect(driven.registry.count == 1)
        driven.loop.advance(by: .nanoseconds(1))
        #expect(driven.errors == [.timedOut(host: "127.0.0.1", port: silent.port, after: .seconds(2))])
        #expect(driven.registry.count == 0)
        driven.loop.stop()
    }

    @Test("the end of the dials or of the event loop cancels current and later dials")
    func loopEnds() throws {
        let (driven, silent) = (try Driven(), try DeadPort.silent())
        _ = driven.dial(silent.port)
        driven.loop.runTurns()
        driven.dials.end()
        _ = driven.dial(silent.port)
        driven.loop.stop()
        _ = driven.dial(silent.port)
        let cancelled = ConnectError.cancelled(host: "127.0.0.1", port: silent.port)
        #expect(driven.errors == [cancelled, cancelled, cancelled])
        #expect(driven.registry.count == 0)
        #expect(try silent.askingCount() == 0)
    }
}
