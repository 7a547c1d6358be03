import EngineSupport
import Testing

@testable import Engine

/// A listener on 127.0.0.1 with the echo service, on an event loop that the test runs turn by turn.
struct DrivenListener {
    let system: ScriptedAccepts
    let loop: EventLoop
    let shard: Shard
    let registry: ConnectionRegistry
    let events: Events
    let tables = OpeningTables(count: 1)
    let listener: Listener
    let address: NetAddress

    init(
        limits: Limits = Limits(),
        isHeld: Bool = false,
        port: Int = 0,
        opening: (@Sendable (SocketAddress) -> any Opening)? = nil
    ) throws {
        self.system = ScriptedAccepts()
        self.loop = try EventLoop(index: 0, clock: .driven, system: self.system)
        self.shard = Shard(loop: self.loop, limits: limits)
        self.shard.use(.two)
        self.registry = ConnectionRegistry(shards: [self.shard], limits: limits)
        self.events = Events()
        let tables = self.tables
        self.listener = Listener(
            ConnectionOrigin(
                rendezvous: Rendezvous(host: "127.0.0.1", port: port),
                roster: self.registry.roster,
                service: TestService.echo,
                observers: [self.events]
            ),
            registry: self.registry,
            inherited: nil,
            isHeld: isHeld,
            reserve: DescriptorReserve(),
            shard: self.shard,
            openings: opening.map { Openings(tables: tables, make: $0) }
        )
        let opened = self.listener.open()
        self.loop.runTurns()
        self.address = try opened.wait()
    }

    var port: Int { self.address.port }

    /// The number of connections that have opened so far.
    var openedCount: Int { self.events.all.withLock { $0.count { if case .opened = $0 { true } else { false } } } }

    /// All reported events except the opening and closing of connections.
    var faults: [Events.Event] {
        self.events.all.withLock { events in
            events.filter { event in
                switch event {
                case .opened, .closed: false
                default: true
                }
            }
        }
    }

    /// Runs turns of the event loop without advancing its clock.
    func turn(_ count: Int = 1) { for _ in 0..<count { self.loop.runTurn() } }

    func peer() throws -> Peer { try Peer(port: self.port) }

    /// Closes all descriptors.
    func end() {
        self.loop.stop()
        withExtendedLifetime(self.listener) {}
    }
}
