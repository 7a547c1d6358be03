import Foundation
import SeededRandom
import Testing
import Wire

@testable import Engine

/// Random steps on several event loops, checked against a model. Each receiver must get its datagrams from each sender
/// once and in order.
@Suite("Delivery model")
struct DeliveryModelTests {
    /// The seeds of the runs. LOBBYD_SEED selects a single one.
    private static let seeds: [UInt64] =
        ProcessInfo.processInfo.environment["LOBBYD_SEED"].flatMap(UInt64.init).map { [$0] } ?? Array(1...200)

    @Test("each receiver gets each sender's datagrams once and in order")
    func model() throws {
        for seed in Self.seeds {
            let model = try DeliveryModel(seed: seed)
            for _ in 0..<120 { try model.step() }
            model.finish()
            if let fault = model.fault {
                Issue.record("seed \(seed): \(fault)")
                return
            }
        }
    }
}

private final class DeliveryModel {
    /// A datagram: the sender's index, and the sender's running number.
    private struct Stamp: Equatable, CustomStringConvertible {
        let sender: Int
        let number: Int

        var description: String { "\(self.sender).\(self.number)" }
    }

    private final class Member {
        let player: Player
        let index: Int
        let loop: Int
        var rooms: Set<Int> = []
        var joinsBroadcasts = true
        var isOpen = true
        /// The expected datagrams, in order for each sender.
        var expected: [(stamp: Stamp, isCertain: Bool)] = []
        /// Datagrams on their way from other event loops, and whether this member is a receiver now.
        var onTheWay: [(stamp: Stamp, isReceiver: Bool)] = []
        /// Whether the member joined, left or closed after a datagram was sent. Its delivery is then uncertain.
        var hasChanged = false
        var received: [Stamp] = []
        var bytes: [UInt8] = []

        init(_ player: Player, index: Int, loop: Int) {
            (self.player, self.index, self.loop) = (player, index, loop)
        }
    }

    private var random: SplitMix64
    private let loops: TurnLoops
    private let rooms: [Audience]
    private var members: [Member] = []
    private var numbers: [Int] = []
    private var coalesce = Duration.zero
    private var loopOfDescriptor: [CInt: EventLoop] = [:]
    /// The duration of one send call.
    private var sendTime = Duration.zero
    private(set) var fault: String?

    init(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let loopCount = Int.random(in: 1...3, using: &random)
        self.loops = try TurnLoops(loopCount, limits: .off(datagramBytes: 65_535), framings: Framing.allCases)
        self.rooms = (0..<2).map { _ in Audience(eventLoops: loopCount) }
        self.random = random
        self.loops.system.recordedEnd = TurnLoops.crowdDescriptorsBegin
        self.loops.system.willSend = { [unowned self] descriptor in
            self.loopOfDescriptor[descriptor]?.elapse(self.sendTime)
        }
        for _ in 0..<Int.random(in: 1...5, using: &self.random) { try self.open() }
        if self.pick(2) == 0 { for loop in 0..<loopCount { self.addCrowd(on: loop) } }
        for _ in 0..<Int.random(in: 1...5, using: &self.random) { try self.open() }
    }

    /// Adds so many players that a fan-out exceeds its time budget.
    private func addCrowd(on loop: Int) {
        for player in self.loops.crowd(20 + self.pick(80), on: loop) {
            self.loopOfDescriptor[player.descriptor] = self.loops.shards[loop].loop
            for room in self.rooms where self.pick(2) == 0 { player.join(room) }
        }
    }

    func step() throws {
        switch self.pick(20) {
        case 0...5: self.sendSomething()
        case 6: self.burst()
        case 7: self.toggleRoom()
        case 8: self.toggleBroadcasts()
        case 9: if self.pick(4) == 0 { self.close() }
        case 10: if self.pick(3) == 0, self.members.count < 16 { try self.open() }
        case 11: self.changeRoom()
        case 12: self.changeCoalesce()
        case 13: self.sendTime = [.zero, .microseconds(20), .microseconds(50), .milliseconds(2)][self.pick(4)]
        case 14...16: self.loops.shards[self.pick(self.loops.shards.count)].loop.runTurn()
        case 17: self.loops.shards[self.pick(self.loops.shards.count)].loop.runTurns()
        case 18: self.loops.shards[self.pick(self.loops.shards.count)].loop.advance(by: .milliseconds(self.pick(4)))
        default: self.loops.run()
        }
        self.collect()
    }

    /// Lets all datagrams arrive and checks the final state.
    func finish() {
        self.loops.system.room = [:]
        self.arrive()
        self.loops.advance(milliseconds: 20)
        self.collect()
        for member in self.members { self.check(member) }
        for shard in self.loops.shards {
            self.expect(shard.suspended.isEmpty && shard.suspended.byteCount == 0, "a loop owes something")
            self.expect(shard.turn.isEmpty && shard.direct.isEmpty, "a loop holds something")
            self.expect(shard.readGate.isOpen, "a loop does not read")
            self.expect(shard.table.connections.allSatisfy { $0.pending.isEmpty }, "something is pending")
        }
        self.expect(self.loops.shard.pendingTotal.byteCount == 0, "pending bytes are counted")
    }

    // MARK: Steps

    private func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self.random) }

    private func open() throws {
        // A new connection gets no broadcast of the current turn of its own loop. A broadcast from another loop might
        // arrive later and reach it, so all of those arrive first.
        if self.loops.shards.count > 1 { self.arrive() }
        let loop = self.pick(self.loops.shards.count)
        let player = try self.loops.connect(Framing.allCases[self.pick(3)], on: loop)
        self.members.append(Member(player, index: self.members.count, loop: loop))
        self.numbers.append(0)
        self.loopOfDescriptor[player.descriptor] = self.loops.shards[loop].loop
    }

    private var openMember: Member? {
        let open = self.members.filter(\.isOpen)
        return open.isEmpty ? nil : open[self.pick(open.count)]
    }

    private func burst() { for _ in 0..<self.pick(30) { self.sendSomething() } }

    private func sendSomething() {
        guard let sender = self.openMember else { return }
        let (stamps, run) = self.newRun(sender)
        let connection = sender.player.connection
        let isIncluded = self.pick(2) == 0
        run.withUnsafeBytes { bytes in
            let run = DatagramRun(bytes: bytes, datagramCount: stamps.count, framing: sender.player.framing)
            switch self.pick(5) {
            case 0:
                self.will(stamps, from: sender) { $0 === sender }
                connection.send(run)
            case 1:
                let receiver = self.members[self.pick(self.members.count)]
                self.will(stamps, from: sender) { $0 === receiver }
                connection.send(run, to: receiver.player.connection.id)
            case 2, 3:
                self.will(stamps, from: sender) { member in
                    member === sender ? isIncluded : member.joinsBroadcasts && sender.joinsBroadcasts
                }
                connection.broadcast(run, includingSender: isIncluded)
            default:
                let room = self.pick(2)
                self.will(stamps, from: sender) { $0.rooms.contains(room) && ($0 !== sender || isIncluded) }
                connection.send(run, to: self.rooms[room], includingSender: isIncluded)
            }
        }
    }

    private func will(_ stamps: [Stamp], from sender: Member, to isReceiver: (Member) -> Bool) {
        for member in self.members where member.isOpen {
            if member.loop != sender.loop {
                member.onTheWay += stamps.map { ($0, isReceiver(member)) }
            } else if isReceiver(member) {
                member.expected += stamps.map { ($0, true) }
            }
        }
    }

    private func newRun(_ sender: Member) -> ([Stamp], [UInt8]) {
        var (stamps, payloads): ([Stamp], [[UInt8]]) = ([], [])
        for _ in 0...self.pick(3) {
            let stamp = Stamp(sender: sender.index, number: self.numbers[sender.index])
            self.numbers[sender.index] += 1
            let length = [0, 0, 0, 3, 3, 40, 40, 1400][self.pick(8)]
            let head = [UInt8(stamp.sender), UInt8(stamp.number & 0xFF), UInt8(stamp.number >> 8)]
            stamps.append(stamp)
            payloads.append(head + [UInt8](repeating: UInt8(stamp.number & 0xFF), count: length))
        }
        return (stamps, framed(payloads, sender.player.framing))
    }

    private func toggleRoom() {
        guard let member = self.memberThatChanges else { return }
        let room = self.pick(2)
        if member.rooms.remove(room) != nil {
            member.player.leave(self.rooms[room])
        } else {
            member.rooms.insert(room)
            member.player.join(self.rooms[room])
        }
    }

    private func toggleBroadcasts() {
        guard self.pick(4) == 0, let member = self.memberThatChanges else { return }
        member.joinsBroadcasts.toggle()
        member.player.connection.joinsBroadcasts = member.joinsBroadcasts
    }

    private func close() {
        guard let member = self.memberThatChanges else { return }
        // The close would lose the bytes that the kernel does not take.
        self.loops.system.room[member.player.descriptor] = nil
        while !member.player.connection.pending.isEmpty { self.loops.shards[member.loop].loop.runTurn() }
        member.player.connection.close()
        // Another connection may soon reuse the descriptor, so the received bytes are collected now.
        self.collect()
        member.isOpen = false
    }

    private var memberThatChanges: Member? {
        if self.pick(2) == 0 { self.arrive() }
        let member = self.openMember
        member?.hasChanged = true
        return member
    }

    /// Delivers the datagrams between event loops. Later joins and leaves do not affect them.
    private func arrive() {
        for shard in self.loops.shards { shard.sendAll() }
        self.loops.run()
        for member in self.members {
            for (stamp, isReceiver) in member.onTheWay where isReceiver || member.hasChanged {
                member.expected.append((stamp, !member.hasChanged))
            }
            (member.onTheWay, member.hasChanged) = ([], false)
        }
    }

    private func changeCoalesce() {
        guard self.pick(3) == 0 else { return }
        self.coalesce = self.coalesce == .zero ? .milliseconds(3) : .zero
        for shard in self.loops.shards { shard.use(shard.limits, coalesce: self.coalesce) }
    }

    private func changeRoom() {
        guard let member = self.openMember, member.player.framing != .udp else { return }
        let rooms = [nil, 0, 1, 7, 1000]
        self.loops.system.room[member.player.descriptor] = rooms[self.pick(rooms.count)]
    }

    // MARK: Received datagrams

    private func collect() {
        for member in self.members where member.isOpen {
            member.bytes += member.player.takeReceived()
            var end = 0
            if member.bytes.isEmpty { continue }
            for payload in member.bytes.payloads(member.player.framing) {
                end += member.player.framing.size + payload.count
                let number = Int(payload[1]) | Int(payload[2]) << 8
                self.expect(payload.last == (payload.count > 3 ? payload[1] : payload[2]), "a payload that is spoilt")
                member.received.append(Stamp(sender: Int(payload[0]), number: number))
            }
            member.bytes.removeFirst(end)
        }
    }

    private func check(_ member: Member) {
        self.expect(member.bytes.isEmpty, "\(member.index) got \(member.bytes.count) bytes of a cut frame")
        for sender in self.members {
            let expected = member.expected.filter { $0.stamp.sender == sender.index }
            let received = member.received.filter { $0.sender == sender.index }
            var rest = received[...]
            let isRight = expected.allSatisfy { stamp, isCertain in
                if rest.first == stamp { rest = rest.dropFirst() } else { return !isCertain }
                return true
            }
            self.expect(isRight && rest.isEmpty, "\(member.index) was to get \(expected) and got \(received)")
        }
    }

    private func expect(_ condition: Bool, _ text: @autoclosure () -> String) {
        if !condition, self.fault == nil { self.fault = text() }
    }
}
