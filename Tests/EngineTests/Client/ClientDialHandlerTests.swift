import Testing

@testable import Engine

@Suite("Client dial handler")
struct ClientDialHandlerTests {
    @Test("an address that answers when the attempt is over is closed, and nobody hears of a connection")
    func late() throws {
        let (shard, loop) = Shard.embedded()
        let registry = ConnectionRegistry(shards: [shard], limits: Limits(connections: nil))
        let events = Events()
        let origin = ConnectionOrigin(rendezvous: nil, registry: registry, service: TestService.echo, observers: [events])
        let dial = ClientDial(
            ClientDial.Target(host: "late.invalid", port: 1, timeout: .seconds(1), framing: .two),
            origin: origin,
            shard: shard,
            lookups: NameLookups(resolver: NameTable([:]), limit: 1)
        )
        dial.cancel()
        loop.run()
        let handler = ConnectionChannelHandler(origin: origin, framing: .two, shard: shard)
        let channel = EmbeddedChannel(handlers: [ClientDialHandler(dial: dial, handler: handler), handler], loop: loop)
        try channel.connect(to: loopback(1)).wait()
        #expect(!channel.isActive)
        #expect(events.all.withLock { $0 }.isEmpty)
        #expect(registry.count == 0)
        loop.run()
    }
}
