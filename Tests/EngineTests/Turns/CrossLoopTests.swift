import Testing
import Wire

@testable import Engine

@Suite("Turns across event loops")
struct CrossLoopTests {
    private let loops: TurnLoops
    /// Players on event loops 0, 0, 1 and 2.
    private let players: [Player]

    init() throws {
        let loops = try TurnLoops(3)
        self.loops = loops
        self.players = try [0, 0, 1, 2].map { try loops.connect(on: $0) }
    }

    private func writes() -> [[[UInt8]]] { self.players.map { $0.takeWrites() } }

    @Test("a broadcast reaches all event loops, in one write for each connection and turn")
    func broadcast() {
        self.players[0].broadcast(1)
        self.players[0].broadcast(2, includingSender: false)
        self.players[0].broadcast(3)
        self.loops.run()
        #expect(self.writes() == [[[1, 3]], [[1, 2, 3]], [[1, 2, 3]], [[1, 2, 3]]])
    }

    @Test("broadcasts, sends to an audience and sends to one connection on another loop keep their sender's order")
    func order() {
        let room = Audience(eventLoops: 3)
        self.players[1].join(room)
        self.players[2].join(room)
        self.players[0].send(1, to: self.players[2])
        self.players[0].broadcast(2)
        self.players[0].send(3, to: room)
        self.players[0].send(4, to: self.players[3])
        self.players[0].send(5, to: self.players[2])
        self.players[0].send(6, to: self.players[1])
        self.players[0].broadcast(7, includingSender: false)
        self.loops.run()
        #expect(self.writes() == [[[2]], [[2, 3, 6, 7]], [[1, 2, 3, 5, 7]], [[2, 4, 7]]])
    }

    @Test("an audience's datagrams are copied only to event loops with a member")
    func notCopied() {
        let room = Audience(eventLoops: 3)
        self.players[2].join(room)
        self.players[0].send(1, to: room)
        self.loops.shard.loop.runTurn()
        #expect(self.loops.shards.map(\.loop.inboxBytes) == [0, 3, 0])
        self.loops.run()
        #expect(self.writes() == [[], [], [[1]], []])
        self.players[2].leave(room)
        self.players[0].send(2, to: room)
        #expect(self.loops.shard.turn.isEmpty)
    }

    @Test("on another event loop, a datagram reaches the audience's members at the time of its arrival")
    func joinsOnTheWay() {
        let room = Audience(eventLoops: 3)
        self.players[2].join(room)
        self.players[0].send(1, to: room)
        self.loops.shard.loop.runTurn()
        self.players[2].leave(room)
        self.loops.run()
        #expect(self.writes() == [[], [], [], []])
    }

    @Test("an event loop with a full inbox stops the sender's reading until it takes the input")
    func inboxFull() throws {
        let loops = try TurnLoops(2, limits: Limits(pendingBytes: 2 * Turn.bytesMax))
        let (sender, receiver) = (try loops.connect(), try loops.connect(on: 1))
        sender.send([[UInt8](repeating: 1, count: Turn.bytesMax - 2)], to: receiver)
        #expect(!loops.shard.readGate.isOpen)
        sender.bring(1)
        var received = 0
        loops.service.received = { run, _ in received += run.datagramCount }
        loops.loop.runTurns()
        #expect(received == 0)
        loops.run()
        #expect(received == 1 && loops.shard.readGate.isOpen)
    }
}

@Suite("Coalesce")
struct CoalesceTests {
    private let loops: TurnLoops
    private let sender: Player
    private let other: Player

    init() throws {
        self.loops = try TurnLoops(coalesce: .milliseconds(5))
        self.sender = try self.loops.connect()
        self.other = try self.loops.connect()
    }

    @Test("the first broadcast waits for the coalesce time, and later broadcasts in that time leave with it")
    func holds() {
        self.sender.broadcast(1)
        self.loops.advance(milliseconds: 4)
        self.sender.broadcast(2)
        #expect(self.other.takeWrites() == [])
        self.loops.advance(milliseconds: 1)
        #expect(self.other.takeWrites() == [[1, 2]])
        self.sender.broadcast(3)
        self.loops.advance(milliseconds: 4)
        #expect(self.other.takeWrites() == [])
        self.loops.advance(milliseconds: 1)
        #expect(self.other.takeWrites() == [[3]])
    }

    @Test("an echo after a broadcast of the same sender waits too, and echoes of other senders do not")
    func echoes() {
        self.sender.broadcast(1)
        self.sender.echo(2)
        self.other.echo(3)
        self.other.send(4, to: self.sender)
        self.loops.run()
        #expect(self.other.takeWrites() == [[3]])
        #expect(self.sender.takeWrites() == [[4]])
        self.loops.advance(milliseconds: 5)
        #expect(self.sender.takeWrites() == [[1, 2]])
        self.sender.echo(5)
        self.loops.run()
        #expect(self.sender.takeWrites() == [[5]])
    }

    @Test("a full turn is sent at once", arguments: [true, false])
    func full(isBroadcast: Bool) {
        let payload = [UInt8](repeating: 7, count: Turn.bytesMax - 2)
        self.sender.broadcast(1)
        if isBroadcast { self.sender.broadcast([payload]) } else { self.sender.echo([payload]) }
        #expect(self.sender.takeSends() == [framed([[1], payload])])
        // The next turn begins a new coalesce time.
        self.sender.echo(2)
        self.loops.run()
        #expect(self.sender.takeWrites() == [[2]])
        self.sender.broadcast(3)
        self.loops.advance(milliseconds: 4)
        #expect(self.sender.takeWrites() == [])
        self.loops.advance(milliseconds: 1)
        #expect(self.sender.takeWrites() == [[3]])
    }

    @Test("waiting datagrams are sent at once when the setting changes and when the program ends")
    func released() {
        self.sender.broadcast(1)
        self.loops.shard.use(Limits(), coalesce: .zero)
        #expect(self.other.takeWrites() == [[1]])
        self.sender.broadcast(2)
        self.loops.run()
        #expect(self.other.takeWrites() == [[2]])
        self.loops.shard.use(Limits(), coalesce: .seconds(1))
        self.other.broadcast(3)
        self.loops.run()
        #expect(self.other.takeWrites() == [])
        self.loops.shard.stopTakingDatagrams()
        #expect(self.other.takeWrites() == [[3]])
    }

    @Test("a closed connection gets its waiting datagrams at once, and the others still wait")
    func closed() {
        self.sender.broadcast(1)
        self.sender.connection.close()
        self.loops.run()
        #expect(self.sender.takeWrites() == [[1]])
        #expect(self.other.takeWrites() == [])
        self.loops.advance(milliseconds: 5)
        #expect(self.other.takeWrites() == [[1]])
        #expect(self.sender.takeWrites() == [])
    }

    @Test("broadcasts from another event loop join the waiting turn, without delaying or hastening it")
    func twoLoops() throws {
        let loops = try TurnLoops(2, coalesce: .milliseconds(5))
        let players = [try loops.connect(on: 0), try loops.connect(on: 1)]
        var writes: [[[UInt8]]] = []
        for step in 0..<40 as Range<UInt8> {
            for (index, player) in players.enumerated() { player.broadcast(UInt8(2 * step) + UInt8(index)) }
            loops.advance(milliseconds: 1)
            writes += players.map { $0.takeWrites() }
        }
        // Each of the two event loops waits for 5 ms.
        loops.advance(milliseconds: 10)
        writes += players.map { $0.takeWrites() }
        for index in 0...1 {
            let own = stride(from: index, to: writes.count, by: 2).flatMap { writes[$0] }
            #expect((8...10).contains(own.count))
            #expect(own.flatMap { $0 }.sorted() == Array(0..<80))
            for sender in 0...1 as ClosedRange<UInt8> {
                let fromSender = own.flatMap { $0 }.filter { $0 % 2 == sender }
                #expect(fromSender == fromSender.sorted())
            }
        }
    }
}
