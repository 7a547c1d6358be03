import Glibc
import Testing
import Wire

@testable import Engine

/// Fan-outs that exceed the time budget of one turn.
@Suite("Long fan-outs")
struct LongFanOutTests {
    /// The duration of each send. A fan-out then exceeds its budget at the second check of the time in a turn.
    private static let sendTime = Duration.microseconds(20)
    private static let sendsPerTurn = 64

    private let loops: TurnLoops
    /// These two members are served last, because a fan-out goes from the last member to the first.
    private let sender: Player
    private let member: Player
    private let crowd: [Player]

    init() throws {
        let loops = try TurnLoops()
        self.loops = loops
        self.sender = try loops.connect()
        self.member = try loops.connect()
        self.crowd = loops.crowd(3 * Self.sendsPerTurn - 2)
        self.takesTime(Self.sendTime)
    }

    private func takesTime(_ time: Duration) {
        let loop = self.loops.loop
        self.loops.system.willSend = { [unowned loop] _ in loop.elapse(time) }
    }

    private var shard: Shard { self.loops.shard }

    @Test("a fan-out is suspended after its time budget and continues in the next turns")
    func suspended() {
        self.sender.broadcast(1)
        for turn in 1...3 {
            self.loops.loop.runTurn()
            #expect(self.loops.system.sendCount == turn * Self.sendsPerTurn)
            #expect(self.shard.suspended.isEmpty == (turn == 3))
        }
        #expect((self.crowd + [self.sender, self.member]).allSatisfy { $0.takeWrites() == [[1]] })
        #expect(self.shard.suspended.byteCount == 0)
    }

    @Test("a turn fans out for one time budget only")
    func oncePerTurn() {
        self.sender.broadcast(1)
        self.loops.loop.runTurn()
        #expect(self.loops.system.sendCount == Self.sendsPerTurn)
        #expect(self.loops.loop.time - self.loops.loop.now <= Shard.fanOutTimeMax * 2)
    }

    @Test("an echo leaves before the rest of a fan-out, and after the data that the member is owed")
    func echo() {
        self.sender.broadcast(1)
        self.loops.loop.runTurn()
        self.member.echo(2)
        var order: [CInt] = []
        self.loops.system.willSend = { order.append($0) }
        self.loops.loop.runTurn()
        #expect(order.prefix(2) == [self.member.descriptor, self.member.descriptor])
        #expect(self.member.takeWrites() == [[1], [2]])
        self.loops.run()
        #expect(self.member.takeWrites() == [])
        #expect(self.crowd.allSatisfy { $0.takeWrites() == [[1]] })
    }

    @Test("broadcasts during a fan-out are collected, and each connection gets them in one write")
    func collects() {
        self.sender.broadcast(1)
        self.loops.loop.runTurn()
        self.member.broadcast(2)
        self.loops.loop.runTurn()
        self.sender.broadcast(3, includingSender: false)
        self.member.echo(4)
        self.loops.loop.runTurn()
        self.loops.run()
        #expect(self.crowd.allSatisfy { $0.takeWrites() == [[1], [2, 3]] })
        #expect(self.sender.takeWrites() == [[1], [2]])
        #expect(self.member.takeWrites() == [[1], [2, 3, 4]])
    }

    @Test("datagrams for other event loops do not wait for the own loop's fan-out")
    func otherLoops() throws {
        let loops = try TurnLoops(2)
        let (sender, other) = (try loops.connect(), try loops.connect(on: 1))
        _ = loops.crowd(100)
        loops.system.willSend = { [unowned loop = loops.loop] _ in loop.elapse(.milliseconds(1)) }
        sender.broadcast(1)
        loops.loop.runTurn()
        sender.broadcast(2)
        sender.send(3, to: other)
        loops.loop.runTurn()
        #expect(!loops.shard.suspended.isEmpty)
        loops.shards[1].loop.runTurns()
        #expect(other.takeWrites() == [[1, 2, 3]])
    }

    @Test("a connection that joins the broadcasts or an audience later gets no part of a suspended fan-out")
    func joinsLater() throws {
        let room = Audience(eventLoops: 1)
        for player in self.crowd { player.join(room) }
        self.sender.broadcast(1)
        self.sender.send(2, to: room)
        for player in self.crowd { player.send(3, to: room) }
        self.loops.loop.runTurn()
        #expect(!self.shard.suspended.isEmpty)
        let newcomer = try self.loops.connect()
        self.member.join(room)
        self.loops.run()
        #expect(newcomer.takeWrites() == [])
        #expect(self.member.takeWrites() == [[1]])
    }

    @Test("a connection that leaves the broadcasts gets its owed data first")
    func leaves() {
        self.sender.broadcast(1)
        self.loops.loop.runTurn()
        self.member.connection.joinsBroadcasts = false
        #expect(self.member.takeWrites() == [[1]])
        self.loops.run()
        #expect(self.member.takeWrites() == [])
    }

    @Test(
        "an ended connection is removed from suspended fan-outs, and a connection closed by the program gets its owed data"
    )
    func ends() {
        self.sender.broadcast(1)
        self.loops.loop.runTurn()
        self.member.connection.close()
        #expect(self.member.takeWrites() == [[1]])
        for player in self.crowd { self.shard.ended(player.connection) }
        self.shard.ended(self.sender.connection)
        self.loops.run()
        #expect(self.shard.suspended.isEmpty && self.shard.suspended.byteCount == 0)
        #expect(self.sender.takeWrites() == [])
    }

    @Test("members of two audiences get their part of a suspended turn once")
    func twoAudiences() {
        let room = Audience(eventLoops: 1)
        for player in self.crowd { player.join(room) }
        self.sender.broadcast(1)
        self.sender.send(2, to: self.member)
        self.crowd[0].send(3, to: room)
        self.sender.broadcast(4)
        self.loops.loop.runTurn()
        #expect(!self.shard.suspended.isEmpty)
        self.loops.run()
        #expect(self.crowd.allSatisfy { $0.takeWrites() == [[1, 3, 4]] })
        #expect(self.member.takeWrites() == [[1, 2, 4]])
    }

    @Test(
        "while the unfinished fan-outs exceed their limit, connections that have broadcast are not read; others are"
    )
    func readGate() throws {
        var received: [ConnectionID] = []
        self.loops.service.received = { _, connection in received.append(connection.id) }
        self.loops.system.recordedEnd = 0
        self.takesTime(.milliseconds(1))
        let payload = [UInt8](repeating: 1, count: Turn.bytesMax - 2)
        let turns = SuspendedFanOuts.bytesMax / Turn.bytesMax
        for _ in 0..<turns { self.sender.broadcast([payload]) }
        self.sender.bring(1)
        self.member.bring(2)
        self.loops.loop.runTurn()
        // Input that arrived before the first turn over the limit is read.
        #expect(received.count == 2)
        received = []
        self.sender.bring(3)
        self.member.bring(4)
        self.loops.loop.runTurn()
        #expect(received == [self.member.connection.id])
        #expect(self.shard.suspended.byteCount >= SuspendedFanOuts.bytesMax)
        self.loops.run()
        #expect(received == [self.member.connection.id, self.sender.connection.id])
    }

    @Test("a connection that has not broadcast is read again when the read gate opens, while a broadcaster still waits")
    func twoReasons() {
        var received: [ConnectionID] = []
        self.loops.service.received = { _, connection in received.append(connection.id) }
        self.loops.system.recordedEnd = 0
        self.takesTime(.milliseconds(1))
        let payload = [UInt8](repeating: 1, count: Turn.bytesMax - 2)
        for _ in 0..<SuspendedFanOuts.bytesMax / Turn.bytesMax { self.sender.broadcast([payload]) }
        self.loops.loop.runTurn()
        self.shard.readGate.block(at: self.loops.loop.now)
        self.sender.bring(1)
        self.member.bring(2)
        self.loops.loop.runTurn()
        #expect(received.isEmpty)
        self.shard.readGate.unblock(at: self.loops.loop.now)
        self.loops.loop.runTurn()
        self.loops.loop.runTurn()
        #expect(received == [self.member.connection.id])
        #expect(self.shard.suspended.byteCount >= SuspendedFanOuts.bytesMax)
        self.loops.run()
        #expect(received == [self.member.connection.id, self.sender.connection.id])
    }

    @Test("the time in which fan-outs pause reading does not count for timeouts")
    func timeouts() throws {
        let loops = try TurnLoops(limits: Limits(pendingBytes: nil, idleTimeout: .seconds(2)))
        let (sender, other) = (try loops.connect(), try loops.connect())
        _ = loops.crowd(2000)
        loops.system.recordedEnd = 0
        // The turns are so short that the loop does not count as stalled.
        loops.system.willSend = { [unowned loop = loops.loop] _ in loop.elapse(.milliseconds(5)) }
        let payload = [UInt8](repeating: 1, count: Turn.bytesMax - 2)
        for _ in 0...SuspendedFanOuts.bytesMax / Turn.bytesMax { sender.broadcast([payload]) }
        let begin = loops.loop.now
        while !loops.shard.suspended.isEmpty { loops.loop.runTurn() }
        #expect(loops.loop.now - begin > .seconds(10))
        #expect(sender.connection.isOpen && other.connection.isOpen)
        loops.advance(milliseconds: 3000)
        #expect(!sender.connection.isOpen && !other.connection.isOpen)
    }

    @Test("catching up many UDP connections flushes the socket once per turn")
    func udp() throws {
        let loops = try TurnLoops(framings: [.udp])
        let players = try (0..<200).map { _ in try loops.connect(.udp) }
        loops.sockets[0].willSend = { [unowned loop = loops.loop] in loop.elapse(Self.sendTime) }
        players[0].broadcast(1)
        loops.loop.runTurn()
        #expect(!loops.shard.suspended.isEmpty)
        loops.run()
        #expect(players.allSatisfy { $0.takeWrites() == [[1]] })
        #expect(loops.sockets[0].flushCount == 4)
    }
}

@Suite("Unsent data of a fan-out")
struct SharedOutputTests {
    /// Adds connections whose kernel takes `room` bytes each.
    private func stuck(_ loops: TurnLoops, _ count: Int, _ framing: Framing = .two, room: Int = 0) -> [Player] {
        let players = loops.crowd(count, framing)
        for player in players { loops.system.room[player.descriptor] = room }
        return players
    }

    /// The memory address of the first pending byte.
    private func address(_ player: Player) -> UnsafeRawPointer? {
        var address: UnsafeRawPointer?
        _ = player.connection.pending.drain(framing: nil) {
            address = address ?? $0.baseAddress
            return 0
        }
        return address
    }

    /// Lets the kernel take all pending bytes, and returns them.
    private func waiting(_ loops: TurnLoops, _ player: Player) -> [UInt8] {
        loops.system.room[player.descriptor] = nil
        _ = player.takeReceived()
        #expect(loops.shard.drainPending(of: player.connection))
        return player.takeReceived()
    }

    @Test("connections that take no bytes share one copy in memory for each framing, and each counts it fully")
    func shared() throws {
        let loops = try TurnLoops(framings: [.two, .four])
        let (two, four) = (self.stuck(loops, 3), self.stuck(loops, 3, .four))
        two[0].broadcast([[UInt8](repeating: 5, count: 20_000)])
        loops.run()
        #expect(two.allSatisfy { $0.connection.pendingBytes == 20_002 && $0.connection.pending.datagramCount == 1 })
        #expect(four.allSatisfy { $0.connection.pendingBytes == 20_004 && $0.connection.pending.datagramCount == 1 })
        #expect(loops.shard.pendingTotal.byteCount == 3 * 20_002 + 3 * 20_004)
        // In each framing, the first slow connection has its own copy, because a single slow connection shares no
        // memory.
        #expect(Set(two.map(self.address)).count == 2 && Set(four.map(self.address)).count == 2)
    }

    @Test(
        "a small unsent part is copied for each connection, and a larger one is shared",
        arguments: [(Shard.sharedBytesMin - 1, 3), (Shard.sharedBytesMin, 2)]
    )
    func small(byteCount: Int, copies: Int) throws {
        let loops = try TurnLoops()
        let players = self.stuck(loops, 3)
        players[0].broadcast([[UInt8](repeating: 5, count: byteCount - 2)])
        loops.run()
        #expect(Set(players.map(self.address)).count == copies)
    }

    @Test("connections with extra or skipped datagrams get their own copies, and the next fan-out is unaffected")
    func edited() throws {
        let loops = try TurnLoops()
        let players = self.stuck(loops, 4)
        let payloads = (1...3).map { [UInt8](repeating: UInt8($0), count: 5_000) }
        players[0].broadcast([payloads[0]])
        players[1].broadcast([payloads[1]], includingSender: false)
        players[2].echo(7)
        loops.run()
        players[0].broadcast([payloads[2]])
        loops.run()
        let rest = framed([payloads[2]])
        #expect(self.waiting(loops, players[0]) == framed([payloads[0], payloads[1]]) + rest)
        #expect(self.waiting(loops, players[1]) == framed([payloads[0]]) + rest)
        #expect(self.waiting(loops, players[2]) == framed([payloads[0], payloads[1], [7]]) + rest)
        #expect(self.waiting(loops, players[3]) == framed([payloads[0], payloads[1]]) + rest)
        #expect(loops.shard.pendingTotal.byteCount == 0)
    }

    @Test("a connection at its limit frees its pending bytes at once, and the others keep the shared ones")
    func overflow() throws {
        let loops = try TurnLoops(limits: Limits(pendingBytes: 30_000))
        let players = self.stuck(loops, 3)
        players[1].echo([[UInt8](repeating: 8, count: 10_000)])
        let payloads = (1...2).map { [UInt8](repeating: UInt8($0), count: 12_000) }
        for payload in payloads {
            players[0].broadcast([payload])
            loops.run()
        }
        #expect(players.map(\.connection.isOpen) == [true, false, true])
        #expect(players.map(\.connection.pendingBytes) == [24_004, 0, 24_004])
        #expect(loops.shard.pendingTotal.byteCount == 48_008)
        for player in [players[0], players[2]] { #expect(self.waiting(loops, player) == framed(payloads)) }
    }

    @Test(
        "receivers that took different parts of a large broadcast share the rest",
        arguments: [Duration.zero, .milliseconds(1)]
    )
    func large(sendTime: Duration) throws {
        let byteCount = 8 << 20
        let loops = try TurnLoops(limits: .off(datagramBytes: byteCount), framings: [.four])
        loops.system.recordedEnd = 0
        loops.system.willSend = { [unowned loop = loops.loop] _ in loop.elapse(sendTime) }
        let players = self.stuck(loops, 100, .four)
        for (index, player) in players.enumerated() { loops.system.room[player.descriptor] = index * 70_001 }
        players[0].broadcast([[UInt8](repeating: 1, count: byteCount)])
        loops.run()
        // The first slow connection has its own copy. All others share the second copy.
        let begins = players.enumerated().map { index, player in self.address(player).map { $0 - index * 70_001 } }
        #expect(Set(begins).count == 2 && begins.count { $0 == begins[50] } == 99)
        #expect(loops.shard.suspended.isEmpty && loops.shard.turn.log.byteCount == 0)
        #expect(loops.shard.pendingTotal.byteCount == 100 * (byteCount + 4) - 4950 * 70_001)
        loops.system.room = [:]
        #expect(players.allSatisfy { loops.shard.drainPending(of: $0.connection) })
        #expect(loops.system.sentBytes == 100 * (byteCount + 4))
    }
}
