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

        let removed13 = table.remove(connections[1])
        #expect(removed13)
        let removed14 = table.remove(connections[4])
        #expect(removed14)
        let removed15 = table.remove(connections[0])
        #expect(removed15)
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
        let removed16 = table.remove(first)
        #expect(removed16)
        let removed17 = table.remove(first)
        #expect(!removed17)
        #expect(table.connections.map(\.id.rawValue) == [2])
        let removed18 = table.remove(second)
        #expect(removed18)
        #expect(table.isEmpty)
    }
}
