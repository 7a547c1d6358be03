import Testing
import Wire

@testable import Engine

/// The datagrams that connections on one event loop get in a turn, and the number of writes.
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

    @Test("no output leaves before the end of a turn, and then each connection gets one write")
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

    @Test("echoes, broadcasts and sends to one connection keep their sender's order")
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

    @Test("with several broadcasts that exclude their senders, each sender misses only its own")
    func withoutSender() {
        for (payload, player) in self.players.enumerated() { player.broadcast(UInt8(payload), includingSender: false) }
        self.players[1].broadcast(3, includingSender: false)
        self.loops.run()
        #expect(self.writes() == [[[1, 2, 3]], [[0, 2]], [[0, 1, 3]]])
        #expect(self.players.map(\.connection.traffic.datagramsOut) == [3, 2, 3])
    }

    @Test("a sender that excludes itself in two adjacent audiences misses both datagrams")
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

    @Test("a sender that misses the first or last broadcast of a turn gets the others without a copy")
    func skipAtAnEnd() {
        self.players[0].broadcast(1, includingSender: false)
        self.players[1].broadcast(2)
        self.players[2].broadcast(3, includingSender: false)
        let part = { (player: Player) in self.loops.shard.turn.part(of: player.connection) }
        #expect(self.players.map { part($0).isContiguous } == [true, true, true])
        self.loops.run()
        #expect(self.writes() == [[[2, 3]], [[1, 2, 3]], [[1, 2]]])
    }

    @Test("each framing gets the datagrams of senders with any framing")
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

    @Test("a datagram that is too long for its receiver's framing is counted once")
    func unframeable() throws {
        let four = try self.loops.connect(.four)
        four.send([[UInt8](repeating: 0, count: 65_536)], to: self.players[0])
        self.loops.run()
        #expect(self.loops.shard.unframeableCount == 0)
        #expect(self.players[0].connection.traffic.datagramsUnframeable == 1)
        #expect(self.writes() == [[], [], []])
    }

    @Test("a datagram for a closed connection reaches no other connection")
    func gone() {
        self.players[1].connection.close()
        self.loops.run()
        self.players[0].send(1, to: self.players[1])
        self.loops.run()
        #expect(self.writes() == [[], [], []])
    }

    @Test("output of 32 KiB does not wait for the end of the turn, and later output follows it")
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

    @Test("a turn frees the memory of many pieces when it ends")
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

    @Test("sending to an audience writes to its members only, regardless of the number of other connections")
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

    @Test("members of several audiences get all datagrams in one write, in the order of sending")
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

    @Test("a datagram for an empty audience uses no space in the turn")
    func emptyAudience() {
        self.players[0].send(1, to: Audience(eventLoops: 1))
        #expect(self.loops.shard.turn.isEmpty && self.loops.shard.turn.log.byteCount == 0)
    }

    @Test("an audience's member gets the datagrams sent between its joining and leaving")
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

    @Test("a connection that opens during a turn gets no earlier broadcast of that turn")
    func opens() throws {
        self.players[0].broadcast(1)
        let newcomer = try self.loops.connect()
        self.players[0].broadcast(2)
        newcomer.echo(3)
        self.loops.run()
        #expect(newcomer.takeWrites() == [[2, 3]])
        #expect(self.writes() == [[[1, 2]], [[1, 2]], [[1, 2]]])
    }

    @Test("a connection outside the broadcast audience gets no broadcast, and its own ones reach only itself")
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

    @Test("a connection that closes during a turn gets the earlier datagrams and no later ones")
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

    @Test("datagrams that a connection sent before its close arrive")
    func closesAfterSending() {
        self.players[0].broadcast(1, includingSender: false)
        self.players[0].connection.close()
        self.loops.run()
        #expect(self.writes() == [[], [[1]], [[1]]])
    }
}
