import EngineSupport
import Glibc
import Testing
import Wire

@testable import Engine

@Suite("The limit of all pending bytes")
struct LargestHoldersTests {
    /// Makes connections with a total limit of 1000 pending bytes, whose kernel takes no bytes.
    private func connections(
        _ count: Int,
        _ slowConsumer: Limits.SlowConsumer = .disconnect
    ) throws -> (test: TestShard, connections: [Connection]) {
        var limits = Limits.off(datagramBytes: 65_535)
        limits.pendingBytesTotal = 1000
        limits.slowConsumer = slowConsumer
        let calls = ScriptedCalls()
        calls.everySend = .fails(EAGAIN)
        let test = try TestShard(limits: limits, system: calls)
        return (test, test.connections(count))
    }

    /// Sends a frame of `byteCount` bytes now, within the turn.
    private func send(_ byteCount: Int, to connection: Connection) {
        connection.send([UInt8](repeating: 1, count: byteCount - 2))
        connection.shard.sendNow(connection)
    }

    @Test("the connections with the most pending bytes close one by one until the rest fits under the limit")
    func largestGoes() throws {
        let (test, connections) = try self.connections(4)
        let total = test.shard.pendingTotal
        for (connection, byteCount) in zip(connections, [300, 400, 299, 1]) where byteCount > 1 {
            self.send(byteCount, to: connection)
        }
        #expect(total.byteCount == 999)
        self.send(3, to: connections[3])
        #expect(connections.map(\.isOpen) == [true, false, true, true])
        #expect(total.byteCount == 602)
        self.send(398, to: connections[2])
        self.send(250, to: connections[3])
        #expect(connections.map(\.isOpen) == [false, false, true, true])
        #expect(connections.map(\.exceededLimit) == [.pendingBytesTotal, .pendingBytesTotal, nil, nil])
        #expect(try test.counts().exceeded == [.pendingBytesTotal: 2])
        test.loop.runTurn()
        #expect(total.byteCount == 950)
    }

    @Test("a connection that would hold at least as many pending bytes as any other closes itself")
    func noneLarger() throws {
        let (test, connections) = try self.connections(3)
        for connection in connections.prefix(2) { self.send(500, to: connection) }
        self.send(500, to: connections[2])
        #expect(connections.map(\.isOpen) == [true, true, false])
        #expect(test.shard.pendingTotal.byteCount == 1000)
    }

    @Test("the pending bytes of an earlier turn do not decide which connection closes")
    func nextTurn() throws {
        let (test, connections) = try self.connections(3)
        self.send(600, to: connections[0])
        self.send(100, to: connections[1])
        self.send(400, to: connections[2])
        #expect(connections.map(\.isOpen) == [false, true, true])
        test.loop.runTurn()
        self.send(450, to: connections[2])
        self.send(100, to: connections[1])
        #expect(connections.map(\.isOpen) == [false, true, false])
    }

    @Test(
        "a connection that closed or lost its pending bytes during the turn is no longer a candidate",
        arguments: [false, true]
    )
    func endedMeanwhile(isOpen: Bool) throws {
        let (test, connections) = try self.connections(5)
        let total = test.shard.pendingTotal
        for (connection, byteCount) in zip(connections, [400, 299, 300]) { self.send(byteCount, to: connection) }
        self.send(3, to: connections[3])
        #expect(total.byteCount == 602)
        if isOpen {
            test.shard.discardPending(of: connections[2])
        } else {
            test.end(connections[2], .peerReset)
        }
        #expect(total.byteCount == 302)
        self.send(290, to: connections[4])
        self.send(290, to: connections[3])
        #expect(total.byteCount == 882)
        self.send(290, to: connections[4])
        #expect(connections.map(\.isOpen) == [false, true, isOpen, true, false])
        #expect(total.byteCount == connections.filter(\.isOpen).map(\.pendingBytes).reduce(0, +))
        #expect(try test.counts().exceeded == [.pendingBytesTotal: 2])
    }

    @Test("a candidate that lost its pending bytes does not hide the next largest one")
    func lostMeanwhile() throws {
        let (test, connections) = try self.connections(5)
        for (connection, byteCount) in zip(connections, [300, 280, 20, 400]) { self.send(byteCount, to: connection) }
        self.send(3, to: connections[4])
        #expect(connections.map(\.isOpen) == [true, true, true, false, true])
        test.shard.discardPending(of: connections[0])
        self.send(690, to: connections[4])
        self.send(100, to: connections[2])
        #expect(connections.map(\.isOpen) == [true, false, true, false, true])
        #expect(test.shard.pendingTotal.byteCount == 813)
    }

    @Test(
        "with slow_consumer drop, no connection closes, and the limit also applies to a connection with few pending bytes"
    )
    func drop() throws {
        let (test, connections) = try self.connections(2, .drop)
        self.send(950, to: connections[0])
        self.send(51, to: connections[1])
        self.send(50, to: connections[1])
        #expect(connections.map(\.isOpen) == [true, true])
        #expect(test.shard.pendingTotal.byteCount == 1000)
        #expect(try test.counts().traffic.datagramsUnsent == 1)
    }
}
