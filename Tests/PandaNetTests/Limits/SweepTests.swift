import Glibc
import NIOCore
import Testing

@testable import PandaNet

@Suite("Sweeping")
struct SweepTests {
    @Test("many connections that are late close a part at a time, each of them once")
    func slices() {
        let (shard, loop) = Shard.embedded(limits: Limits(pendingAge: .seconds(1)))
        let connections = (1...250).map { shard.connection(UInt64($0)) }
        for connection in connections {
            shard.opened(connection)
            let bytes = frame([1])
            bytes.withUnsafeBytes {
                connection.pending.append(UnsentFrames(of: $0, datagramCount: 1, sentBytes: 0, header: .two))
            }
        }
        func closing() -> Int { connections.filter { !$0.isOpen }.count }
        loop.advanceTime(by: .seconds(1))
        #expect(closing() == 0)
        loop.advanceTime(by: Shard.sweepInterval)
        #expect(closing() == Shard.sweepClosesMax)
        loop.advanceTime(by: Shard.sweepPause)
        #expect(closing() == 2 * Shard.sweepClosesMax)
        loop.advanceTime(by: Shard.sweepPause)
        #expect(closing() == 250)
        #expect(shard.counts().exceeded == [.pendingAge: 250])
    }

    @Test("connections that fail in one turn close a part at a time, in their order")
    func failures() {
        let (shard, loop) = Shard.embedded(limits: Limits(pendingAge: nil))
        let connections = (1...250).map { shard.connection(UInt64($0)) }
        for connection in connections {
            connection.descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            shard.opened(connection)
            shard.close(connection, .slowConsumer)
        }
        defer { for connection in connections { close(connection.descriptor) } }
        #expect(connections.allSatisfy { !$0.isOpen })
        func closed() -> [Bool] { connections.map(\.isToBeReset) }
        func first(_ count: Int) -> [Bool] { (0..<250).map { $0 < count } }
        #expect(closed() == first(0))
        loop.run()
        #expect(closed() == first(Shard.sweepClosesMax))
        shard.sendAll()
        #expect(closed() == first(Shard.sweepClosesMax))
        loop.advanceTime(by: Shard.sweepPause)
        #expect(closed() == first(2 * Shard.sweepClosesMax))
        loop.advanceTime(by: Shard.sweepPause)
        #expect(closed() == first(250))
    }

    @Test("a shard without connections, or without limits of time, is left alone")
    func rest() {
        let (shard, loop) = Shard.embedded(limits: Limits(pendingAge: nil, frameTimeout: nil))
        let connection = shard.connection(1)
        shard.opened(connection)
        #expect(!shard.isSweeping)
        shard.use(Limits(), coalesce: .zero)
        #expect(shard.isSweeping)
        shard.ended(connection, .peerClosed)
        loop.advanceTime(by: Shard.sweepInterval)
        #expect(!shard.isSweeping)
    }
}

extension Connection {
    /// Whether its transport was closed for being slow.
    fileprivate var isToBeReset: Bool {
        var value = linger()
        var size = socklen_t(MemoryLayout<linger>.size)
        getsockopt(self.descriptor, SOL_SOCKET, SO_LINGER, &value, &size)
        return value.l_onoff != 0
    }
}
