import Testing
import Wire

@testable import Engine

@Suite("TurnDelivery")
struct TurnDeliveryTests {
    private let loops: TurnLoops
    private let turn = Turn()

    init() throws {
        self.loops = try TurnLoops(2, framings: [.two, .four, .udp])
    }

    /// Adds a run from a sender with `framing` for an audience.
    private func add(_ payloads: UInt8..., framing: Framing = .two, to audience: Audience) {
        var spans = PerFraming<Span?>(nil)
        for target in Framing.allCases { spans[target] = self.append(payloads, framing, as: target) }
        self.turn.add(ForeignSpan(target: .audience(audience), spans: spans))
    }

    private func add(_ payloads: UInt8..., framing: Framing = .two, to player: Player) {
        var spans = PerFraming<Span?>(nil)
        spans[framing] = self.append(payloads, framing, as: framing)
        self.turn.add(ForeignSpan(target: .connection(player.connection.id), spans: spans))
    }

    private func append(_ payloads: [UInt8], _ framing: Framing, as target: Framing) -> Span {
        withRun(payloads.map { [$0] }, framing) { self.turn.log.append($0, as: target) }
    }

    private var everyone: Audience { self.loops.shard.everyone }

    @Test("adjacent spans of one audience merge, and the delivery contains no other log bytes")
    func joins() throws {
        let room = Audience(eventLoops: 2)
        let player = try self.loops.connect(on: 1)
        self.add(1, to: self.everyone)
        // This span stays on its own event loop.
        _ = self.append([9], .two, as: .two)
        self.add(2, 3, framing: .four, to: self.everyone)
        self.add(4, to: room)
        self.add(5, to: player)
        self.add(6, to: player)
        self.add(7, to: self.everyone)
        let delivery = TurnDelivery(self.turn)
        let counts = delivery.spans.map { span in Framing.allCases.map { span.spans[$0]?.datagramCount } }
        #expect(counts == [[3, 3, 3], [1, 1, 1], [1, nil, nil], [1, nil, nil], [1, 1, 1]])
        #expect(delivery.byteCount == framed(1, 2, 3, 4, 7, framing: .udp).count)
    }

    @Test("each receiver gets the audience's datagrams and its own ones in its framing and in order")
    func delivers() throws {
        let players = try Framing.allCases.map { try self.loops.connect($0, on: 1) }
        self.add(1, to: self.everyone)
        for (index, player) in players.enumerated() {
            for (sender, framing) in Framing.allCases.enumerated() {
                self.add(UInt8(10 * index + sender), framing: framing, to: player)
            }
        }
        self.add(2, framing: .udp, to: self.everyone)
        let delivery = TurnDelivery(self.turn)
        // The delivery has its own memory.
        self.turn.next()
        _ = self.append([8, 8, 8, 8], .two, as: .two)
        delivery.deliver(to: self.loops.shards[1])
        self.loops.run()
        for (index, player) in players.enumerated() {
            let single = (0..<3).map { UInt8(10 * index + $0) }
            #expect(player.takeWrites() == [[1] + single + [2]])
            if player.framing != .udp { #expect(player.connection.traffic.datagramsOut == 5) }
        }
    }

    @Test("a delivery for one connection is offered to all event loops and reaches it")
    func single() throws {
        let player = try self.loops.connect(.four, on: 1)
        let delivery = withRun([[1], [2]]) { TurnDelivery($0, to: player.connection.id) }
        #expect(delivery.byteCount == 6)
        #expect(self.loops.shards.allSatisfy { delivery.concerns($0) })
        for shard in self.loops.shards { delivery.deliver(to: shard) }
        self.loops.run()
        #expect(player.takeSends() == [framed(1, 2, framing: .four)])
    }

    @Test("an event loop without a member is not concerned")
    func concerns() throws {
        let room = Audience(eventLoops: 2)
        let player = try self.loops.connect(on: 1)
        player.join(room)
        self.add(1, to: room)
        let delivery = TurnDelivery(self.turn)
        #expect(self.loops.shards.map { delivery.concerns($0) } == [false, true])
        player.leave(room)
        #expect(!delivery.concerns(self.loops.shards[1]))
    }

    @Test("a datagram that is too long for a receiver's framing is counted on the receiver's event loop")
    func unframeable() throws {
        let tooLong = [UInt8](repeating: 1, count: 65_536)
        let sender = try self.loops.connect(.four)
        let receivers = try [(.two, 0), (.two, 1), (.udp, 1)].map { try self.loops.connect($0, on: $1) }
        sender.broadcast([[1], tooLong, [2]])
        for receiver in receivers { sender.send([tooLong], to: receiver) }
        self.loops.run()
        for receiver in receivers { #expect(receiver.takeWrites() == [[1, 2]]) }
        let counts = self.loops.shards.map { shard in
            shard.table.connections.reduce(shard.unframeableCount) { $0 + $1.traffic.datagramsUnframeable }
        }
        #expect(counts == [2, 4])
    }
}
