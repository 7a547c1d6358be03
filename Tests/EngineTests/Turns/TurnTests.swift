import Testing
import Wire

@testable import Engine

/// What the connections of one event loop get in a turn, and with how many writes.
@Suite("A turn of one event loop")
struct TurnTests {
    private let loops: TurnLoops
    private let players: [Player]

    init() throws {
        let loops = try TurnLoops(framings: [.two, .four])
        self.loops = loops
        self.players = try (0..<3).map { _ in try loops.connect() }
    }

    private func writes() -> [[[UInt8]]] { self.players.map { $0.takeWrites() } }

    @Test("nothing leaves before the end of the turn, then each connection has one write")
    func oneWrite() {
        for payload in 0..<200 as Range<UInt8> { self.players[0].echo(payload) }
        #expect(self.loops.system.sendCount == 0)
        self.loops.run()
        #expect(self.writes() == [[Array(0..<200)], [], []])
        #expect(self.players[0].connection.traffic.datagramsOut == 200)
        #expect(self.players[0].connection.traffic.bytesOut == 600)
        self.loops.run()
        #expect(self.loops.system.sendCount == 1)
    }

    @Test("echo, broadcast and a datagram for one other arrive in the order of their sender")
    func order() {
        self.players[0].echo(1)
        self.players[0].broadcast(2)
        self.players[0].send(3, to: self.players[1])
        self.players[0].broadcast(4, includingSender: false)
        self.players[0].echo(5)
        self.players[1].broadcast(6)
        self.players[0].send(7, to: self.players[1])
        self.loops.run()
        #expect(self.writes() == [[[1, 2, 5, 6]], [[2, 3, 4, 6, 7]], [[2, 4, 6]]])
    }

    @Test("several broadcasts without their senders: each misses only its own")
    func withoutSender() {
        for (payload, player) in self.players.enumerated() { player.broadcast(UInt8(payload), includingSender: false) }
        self.players[1].broadcast(3, includingSender: false)
        self.loops.run()
        #expect(self.writes() == [[[1, 2, 3]], [[0, 2]], [[0, 1, 3]]])
        #expect(self.players.map(\.connection.traffic.datagramsOut) == [3, 2, 3])
    }

    @Test("a sender whose broadcasts to two audiences follow each other misses both")
    func withoutSenderInTwoAudiences() {
        let room = Audience(eventLoops: 1)
        self.players[0].join(room)
        self.players[1].join(room)
        self.players[0].broadcast(1)
        self.players[0].broadcast(2, includingSender: false)
        self.players[0].send(3, to: room, includingSender: false)
        self.players[0].send(4, to: room, includingSender: true)
        self.loops.run()
        #expect(self.writes() == [[[1, 4]], [[1, 2, 3, 4]], [[1, 2]]])
        #expect(self.players.map(\.connection.traffic.datagramsOut) == [2, 4, 2])
    }

    @Test("a sender that misses the first or the last broadcast of the turn gets the others from the log itself")
    func skipAtAnEnd() {
        self.players[0].broadcast(1, includingSender: false)
        self.players[1].broadcast(2)
        self.players[2].broadcast(3, includingSender: false)
        let part = { (player: Player) in self.loops.shard.turn.part(of: player.connection) }
        #expect(self.players.map { part($0).isContiguous } == [true, true, true])
        self.loops.run()
        #expect(self.writes() == [[[2, 3]], [[1, 2, 3]], [[1, 2]]])
    }

    @Test("each framing gets all datagrams, whatever their senders have")
    func framings() throws {
        let four = try self.loops.connect(.four)
        self.players[0].broadcast(1)
        four.broadcast(2, includingSender: false)
        four.send(3, to: self.players[0])
        self.players[0].send(4, to: four)
        self.loops.run()
        #expect(self.writes() == [[[1, 2, 3]], [[1, 2]], [[1, 2]]])
        #expect(four.takeSends() == [framed(1, 4, framing: .four)])
    }

    @Test("a datagram for one that its framing can't say is counted once")
    func unframeable() throws {
        let four = try self.loops.connect(.four)
        four.send([[UInt8](repeating: 0, count: 65_536)], to: self.players[0])
        self.loops.run()
        #expect(self.loops.shard.unframeableCount == 0)
        #expect(self.players[0].connection.traffic.datagramsUnframeable == 1)
        #expect(self.writes() == [[], [], []])
    }

    @Test("nobody gets what is for a connection that has gone")
    func gone() {
        self.players[1].connection.close()
        self.loops.run()
        self.players[0].send(1, to: self.players[1])
        self.loops.run()
        #expect(self.writes() == [[], [], []])
    }

    @Test("32 KiB do not wait for the end of the turn, and the rest goes behind them")
    func endsEarly() {
        let payload = [UInt8](repeating: 7, count: 4094)
        for _ in 0..<8 { self.players[0].echo([payload]) }
        #expect(self.players[0].takeSends().map(\.count) == [32_768])
        self.players[0].echo([payload])
        self.players[0].broadcast([payload])
        #expect(self.loops.system.sendCount == 1)
        self.loops.run()
        #expect(self.players[0].takeSends().map(\.count) == [8192])
        #expect(self.players[1].takeSends().map(\.count) == [4096])
    }

    @Test("the memory of many pieces goes back with the turn")
    func memory() {
        let turn = Turn()
        let connection = self.players[0].connection
        for number in 0..<Int32(Turn.piecesKept + 1) {
            turn.add(Span(start: number * 4, end: number * 4 + 3, datagramCount: 1), to: connection)
        }
        #expect(turn.pieces.capacity > Turn.piecesKept && !turn.isEmpty)
        turn.next()
        #expect(turn.pieces.capacity == 0 && turn.isEmpty && turn.number == 2)
        #expect(connection.pieces.isEmpty && !connection.isTouched)
    }

    // MARK: Audiences

    @Test("an audience costs only its members: the others have no write, and how many there are does not count")
    func audienceCosts() throws {
        let work = { (bystanders: Int) throws -> Int in
            let loops = try TurnLoops()
            let members = loops.crowd(3)
            let room = Audience(eventLoops: 1)
            _ = loops.crowd(bystanders)
            for member in members { member.join(room) }
            members[0].send(1, to: room)
            var looks = 0
            loops.system.willSend = { _ in looks += 1 }
            loops.run()
            #expect(members.map { $0.takeWrites() } == [[[1]], [[1]], [[1]]])
            return looks
        }
        #expect(try work(0) == 3)
        #expect(try work(20_000) == 3)
    }

    @Test("members of several audiences get all of them in one write, in the order of the senders")
    func severalAudiences() {
        let rooms = [Audience(eventLoops: 1), Audience(eventLoops: 1)]
        for player in self.players[...1] { player.join(rooms[0]) }
        for player in self.players[1...] { player.join(rooms[1]) }
        self.players[0].send(1, to: rooms[0])
        self.players[0].send(2, to: rooms[1])
        self.players[0].broadcast(3)
        self.players[0].send(4, to: rooms[0], includingSender: false)
        self.players[2].send(5, to: rooms[1], includingSender: false)
        self.loops.run()
        #expect(self.writes() == [[[1, 3]], [[1, 2, 3, 4, 5]], [[2, 3]]])
    }

    @Test("an audience without members gets nothing, and costs nothing")
    func emptyAudience() {
        self.players[0].send(1, to: Audience(eventLoops: 1))
        #expect(self.loops.shard.turn.isEmpty && self.loops.shard.turn.log.byteCount == 0)
    }

    @Test("one that joins in the middle of a turn gets what follows, one that leaves what came before")
    func joinAndLeave() {
        let room = Audience(eventLoops: 1)
        self.players[0].join(room)
        self.players[1].join(room)
        self.players[0].send(1, to: room)
        self.players[2].join(room)
        self.players[0].send(2, to: room)
        self.players[1].leave(room)
        self.players[0].send(3, to: room)
        self.players[1].join(room)
        self.players[0].send(4, to: room)
        self.loops.run()
        let received = self.players.map { $0.takeReceived().payloads() }
        #expect(received == [[[1], [2], [3], [4]], [[1], [2], [4]], [[2], [3], [4]]])
    }

    @Test("a connection that opens in the middle of a turn gets no broadcast from before")
    func opens() throws {
        self.players[0].broadcast(1)
        let newcomer = try self.loops.connect()
        self.players[0].broadcast(2)
        newcomer.echo(3)
        self.loops.run()
        #expect(newcomer.takeWrites() == [[2, 3]])
        #expect(self.writes() == [[[1, 2]], [[1, 2]], [[1, 2]]])
    }

    @Test("a connection that leaves the audience of all is reached by no broadcast, and its own reach nobody else")
    func joinsBroadcasts() {
        self.players[0].broadcast(1)
        self.players[1].connection.joinsBroadcasts = false
        self.players[0].broadcast(2)
        self.players[1].broadcast(3)
        self.players[1].broadcast(4, includingSender: false)
        self.loops.run()
        let received = self.players.map { $0.takeReceived().payloads() }
        #expect(received == [[[1], [2]], [[1], [3]], [[1], [2]]])
        #expect(self.players[1].connection.traffic.datagramsDropped == 1)
    }

    // MARK: Ends

    @Test("a connection that is closed in the middle of a turn gets what came before, and nothing after")
    func closes() {
        self.players[0].broadcast(1)
        self.players[0].send(2, to: self.players[1])
        self.players[1].connection.close()
        #expect(self.players[1].takeWrites() == [[1, 2]])
        self.players[0].send(3, to: self.players[1])
        self.players[0].broadcast(4)
        self.players[1].broadcast(5)
        self.players[1].echo(6)
        self.loops.run()
        #expect(self.writes() == [[[1, 4]], [], [[1, 4]]])
        #expect(self.loops.shard.table.count == 2)
    }

    @Test("what a connection sent before it was closed arrives")
    func closesAfterSending() {
        self.players[0].broadcast(1, includingSender: false)
        self.players[0].connection.close()
        self.loops.run()
        #expect(self.writes() == [[], [[1]], [[1]]])
    }
}
