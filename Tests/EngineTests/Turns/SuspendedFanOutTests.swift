import Testing
import Wire

@testable import Engine

@Suite("SuspendedFanOuts")
struct SuspendedFanOutsTests {
    private let loops: TurnLoops
    private let connections: [Connection]

    init() throws {
        self.loops = try TurnLoops()
        self.connections = self.loops.crowd(3).map(\.connection)
    }

    /// Makes a turn with one datagram for all.
    private func turn(_ number: UInt64) -> Turn {
        let turn = Turn(number: number)
        let fanOut = turn.fanOut(to: self.loops.shard.members)
        withRun([[UInt8(number)]]) { fanOut.add(turn.log.append($0, as: .two), as: .two) }
        turn.seal()
        return turn
    }

    /// Settles the debt to a connection.
    ///
    /// - Returns: the numbers of the settled turns.
    private func settle(_ suspended: SuspendedFanOuts, _ connection: Connection) -> [UInt64] {
        var numbers: [UInt64] = []
        suspended.settle(connection) { numbers.append($0.number) }
        #expect(connection.owedFrom == 0)
        return numbers
    }

    @Test("each connection is owed all turns from its first one on, and is served once")
    func owed() {
        var suspended = SuspendedFanOuts()
        let turns = [self.turn(1), self.turn(2)]
        for connection in self.connections[..<2] { suspended.owe(turns[0], to: connection) }
        for connection in self.connections { suspended.owe(turns[1], to: connection) }
        // The connection is owed this turn in a second audience.
        suspended.owe(turns[1], to: self.connections[0])
        #expect(suspended.byteCount == 6 && suspended.isOwing(turns[1]))
        for (connection, numbers) in zip(self.connections, [[1, 2], [1, 2], [2]] as [[UInt64]]) {
            #expect(suspended.next() === connection)
            #expect(self.settle(suspended, connection) == numbers)
        }
        #expect(suspended.next() == nil && !suspended.isEmpty)
        suspended.forgetDone()
        #expect(suspended.isEmpty && suspended.byteCount == 0)
        #expect(self.loops.shard.members.fanOut(in: turns[0]) == nil)
    }

    @Test("a connection that was settled early is skipped, and may be owed data again")
    func settledBefore() {
        var suspended = SuspendedFanOuts()
        let turn = self.turn(1)
        for connection in self.connections { suspended.owe(turn, to: connection) }
        suspended.settle(self.connections[0])
        suspended.forget(self.connections[1])
        suspended.owe(self.turn(2), to: self.connections[1])
        #expect(suspended.next() === self.connections[1])
        #expect(self.settle(suspended, self.connections[1]) == [2])
        suspended.forgetDone()
        #expect(suspended.byteCount == 3)
        #expect(suspended.next() === self.connections[2])
        #expect(self.settle(suspended, self.connections[2]) == [1])
        suspended.forgetDone()
        #expect(suspended.isEmpty && suspended.byteCount == 0)
    }
}
