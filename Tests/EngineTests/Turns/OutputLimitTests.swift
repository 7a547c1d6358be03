import EngineSupport
import Glibc
import Testing

@testable import Engine

@Suite("Pending output of one connection")
struct OutputLimitTests {
    private let calls = ScriptedCalls()

    /// Makes a connection whose kernel takes no bytes, with slow_consumer drop.
    private func connection(_ change: (inout Limits) -> Void = { _ in }) throws -> (test: TestShard, Connection) {
        var limits = Limits.off(datagramBytes: 65_535)
        limits.slowConsumer = .drop
        change(&limits)
        self.calls.everySend = .fails(EAGAIN)
        let test = try TestShard(limits: limits, system: self.calls)
        return (test, test.connections(1)[0])
    }

    /// - Returns: the number of pending bytes after the send.
    private func send(_ byteCount: Int, to connection: Connection) -> Int {
        connection.send([UInt8](repeating: 0, count: byteCount - 2))
        connection.shard.loop.runTurn()
        return connection.pendingBytes
    }

    @Test("pending bytes are accepted up to the limit, and a datagram one byte over it is dropped whole")
    func bytes() throws {
        let (_, connection) = try self.connection { $0.pendingBytes = 100 }
        #expect([60, 41, 40, 2].map { self.send($0, to: connection) } == [60, 60, 100, 100])
        #expect(connection.traffic.datagramsOut == 2 && connection.traffic.bytesOut == 100)
        #expect(connection.traffic.datagramsUnsent == 2)
    }

    @Test("pending datagrams are accepted up to the limit, and one more is dropped whole")
    func datagrams() throws {
        let (_, connection) = try self.connection { $0.pendingDatagrams = 3 }
        #expect([2, 9_000, 2, 2].map { self.send($0, to: connection) } == [2, 9_002, 9_004, 9_004])
        #expect(connection.pending.datagramCount == 3)
    }

    @Test("without a limit, all datagrams are accepted")
    func noLimit() throws {
        let (_, connection) = try self.connection()
        for round in 1...100 { #expect(self.send(60_000, to: connection) == round * 60_000) }
    }

    @Test("a changed limit applies to the next datagrams and keeps the pending ones")
    func otherLimit() throws {
        let (test, connection) = try self.connection { $0.pendingBytes = 10 }
        #expect(self.send(10, to: connection) == 10)
        test.shard.use(Limits(pendingBytes: 20, slowConsumer: .drop), coalesce: .zero)
        #expect(self.send(10, to: connection) == 20)
        test.shard.use(Limits(pendingBytes: 5, slowConsumer: .drop), coalesce: .zero)
        #expect(self.send(2, to: connection) == 20)
    }

    @Test("a frame that the kernel took in part is always completed, even over the limit")
    func cut() throws {
        let (_, connection) = try self.connection { $0.pendingBytes = 5 }
        let pipe = try SocketPair()
        connection.transmitter = .socket(pipe.here)
        self.calls.sends = [.takes(3)]
        #expect(self.send(50, to: connection) == 47)
        #expect(self.send(2, to: connection) == 47)
    }
}
