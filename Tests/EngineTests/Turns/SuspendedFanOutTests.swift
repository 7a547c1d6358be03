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

    /// A turn with one datagram for all.
    private func turn(_ number: UInt64) -> Turn {
        let turn = Turn(number: number)
        let fanOut = turn.fanOut(to: self.loops.shard.members)
        withRun([[UInt8(number)]]) { fanOut.add(turn.log.append($0, as: .two), as: .two) }
        turn.seal()
        return turn
    }

    private func numbers(_ suspended: SuspendedFanOuts, _ connection: Connection) -> [UInt64] {
        suspended.turns(owedTo: connection).map(\.turn.number)
    }

    @Test("each connection is owed the turns from its first one on, and goes on once")
    func owed() {
        var suspended = SuspendedFanOuts()
        let turns = [self.turn(1), self.turn(2)]
        for connection in self.connections[..<2] { suspended.owe(turns[0], to: connection) }
        for connection in self.connections { suspended.owe(turns[1], to: connection) }
        // In two audiences.
        suspended.owe(turns[1], to: self.connections[0])
        #expect(suspended.byteCount == 6 && !suspended.isEmpty)
        #expect(self.connections.map { self.numbers(suspended, $0) } == [[1, 2], [1, 2], [2]])
        for connection in self.connections {
            #expect(suspended.next() === connection)
            suspended.settled(connection)
            #expect(connection.owedFrom == 0)
        }
        #expect(suspended.next() == nil && suspended.isEmpty && suspended.byteCount == 0)
    }

    @Test("one that is settled before its turn is passed over, and may be owed again")
    func settledBefore() {
        var suspended = SuspendedFanOuts()
        let turn = self.turn(1)
        for connection in self.connections { suspended.owe(turn, to: connection) }
        suspended.settled(self.connections[0])
        suspended.forget(self.connections[1])
        suspended.owe(self.turn(2), to: self.connections[1])
        #expect(self.numbers(suspended, self.connections[1]) == [2])
        #expect(suspended.next() === self.connections[1])
        suspended.settled(self.connections[1])
        suspended.forgetDone()
        #expect(suspended.byteCount == 3)
        #expect(suspended.next() === self.connections[2])
        suspended.settled(self.connections[2])
        suspended.forgetDone()
        #expect(suspended.isEmpty && suspended.byteCount == 0)
    }
}
