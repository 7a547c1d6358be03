import EngineSupport
import Testing

@testable import Engine

@Suite("ConnectionTable")
struct ConnectionTableTests {
    private let shard: TestShard

    init() throws {
        self.shard = try TestShard()
    }

    @Test("a connection in the table is found by id, visited and counted until its removal")
    func addAndRemove() {
        var table = ConnectionTable()
        let connections = (1...5).map { self.shard.connection(UInt64($0)) }
        for connection in connections { table.add(connection) }
        #expect(table.count == 5)
        for connection in connections { #expect(table[connection.id] === connection) }

        let isSecondRemoved = table.remove(connections[1])
        #expect(isSecondRemoved)
        let isLastRemoved = table.remove(connections[4])
        #expect(isLastRemoved)
        let isFirstRemoved = table.remove(connections[0])
        #expect(isFirstRemoved)
        #expect(Set(table.connections.map(\.id.rawValue)) == [3, 4])
        #expect(table[connections[1].id] == nil)
        for connection in table.connections { #expect(table.connections[Int(connection.tableIndex)] === connection) }
    }

    @Test("a second removal of a connection returns false and changes no other entry")
    func removeTwice() {
        var table = ConnectionTable()
        let first = self.shard.connection(1)
        let second = self.shard.connection(2)
        table.add(first)
        table.add(second)
        let isRemoved = table.remove(first)
        #expect(isRemoved)
        let isRemovedAgain = table.remove(first)
        #expect(!isRemovedAgain)
        #expect(table.connections.map(\.id.rawValue) == [2])
        let isOtherRemoved = table.remove(second)
        #expect(isOtherRemoved)
        #expect(table.isEmpty)
    }
}
