import Glibc
import Testing
import Wire

@testable import PandaNet

/// A connection whose socket keeps each `send` apart from the next.
private final class Replies {
    let shard: Shard
    let connection: Connection
    private let peer: CInt

    init() {
        var ends: [CInt] = [-1, -1]
        precondition(socketpair(AF_UNIX, CInt(SOCK_SEQPACKET.rawValue), 0, &ends) == 0)
        self.peer = ends[1]
        (self.shard, _) = Shard.embedded()
        self.shard.use(.two)
        self.connection = self.shard.connection(1)
        self.connection.descriptor = ends[0]
        self.shard.opened(self.connection)
    }

    deinit {
        close(self.connection.descriptor)
        close(self.peer)
    }

    func reply(_ payload: [UInt8]) {
        self.run(payload) { self.connection.send($0) }
    }

    func broadcast(_ payload: [UInt8]) {
        self.run(payload) { self.connection.broadcast($0, includingSender: true) }
    }

    private func run(_ payload: [UInt8], _ body: (DatagramRun) -> Void) {
        frame(payload).withUnsafeBytes { body(DatagramRun(bytes: $0, datagramCount: 1, header: .two)) }
    }

    /// The bytes of each `send` so far.
    func sends() -> [[UInt8]] {
        var sends: [[UInt8]] = []
        var buffer = [UInt8](repeating: 0, count: 128 * 1024)
        while case let count = recv(self.peer, &buffer, buffer.count, CInt(MSG_DONTWAIT)), count > 0 {
            sends.append(Array(buffer[..<count]))
        }
        return sends
    }
}

@Suite("Replies of one read")
struct ReplyBatchTests {
    private let replies = Replies()

    @Test("the first goes at once, all the others together at the end of the read")
    func together() {
        self.replies.shard.readBegan(self.replies.connection)
        for payload in 0..<200 { self.replies.reply([UInt8(payload)]) }
        #expect(self.replies.sends() == [frame([0])])
        self.replies.shard.readEnded()
        #expect(self.replies.sends() == [(1..<200).flatMap { frame([UInt8($0)]) }])
        #expect(self.replies.connection.traffic.datagramsOut == 200)
    }

    @Test("outside of a read, and for another connection than the one that is read, each goes at once")
    func apart() {
        self.replies.reply([1])
        self.replies.reply([2])
        #expect(self.replies.sends() == [frame([1]), frame([2])])
        self.replies.shard.readBegan(self.replies.shard.connection(2))
        self.replies.reply([3])
        self.replies.reply([4])
        #expect(self.replies.sends() == [frame([3]), frame([4])])
    }

    @Test("a long part goes by itself, behind those before it", arguments: [4096, 4097])
    func longPart(byteCount: Int) {
        let payload = [UInt8](repeating: 7, count: byteCount - 2)
        self.replies.shard.readBegan(self.replies.connection)
        for first in [1, 2] as [UInt8] { self.replies.reply([first]) }
        self.replies.reply(payload)
        self.replies.shard.readEnded()
        let others = byteCount > 4096 ? [frame([2]), frame(payload)] : [frame([2]) + frame(payload)]
        #expect(self.replies.sends() == [frame([1])] + others)
    }

    @Test("32 KiB do not wait for the end of the read")
    func muchOfIt() {
        let payload = [UInt8](repeating: 7, count: 4094)
        self.replies.shard.readBegan(self.replies.connection)
        for _ in 0..<9 { self.replies.reply(payload) }
        #expect(self.replies.sends().map(\.count) == [4096, 8 * 4096])
    }

    @Test("what was kept goes before a later broadcast, and what follows that behind it")
    func broadcast() {
        self.replies.shard.readBegan(self.replies.connection)
        for first in [1, 2] as [UInt8] { self.replies.reply([first]) }
        self.replies.broadcast([3])
        self.replies.reply([4])
        self.replies.shard.sendAll()
        self.replies.shard.readEnded()
        #expect(self.replies.sends() == [frame([1]), frame([2]), frame([3]) + frame([4])])
    }

    @Test("a connection that is closed within its read is sent what was kept")
    func closed() {
        self.replies.shard.readBegan(self.replies.connection)
        for first in [1, 2] as [UInt8] { self.replies.reply([first]) }
        self.replies.connection.close()
        self.replies.shard.readEnded()
        #expect(self.replies.sends() == [frame([1]), frame([2])])
    }

    @Test("a read within a read sends what the outer one has kept, which goes on without it")
    func nested() {
        self.replies.shard.readBegan(self.replies.connection)
        for first in [1, 2] as [UInt8] { self.replies.reply([first]) }
        self.replies.shard.readBegan(self.replies.shard.connection(2))
        self.replies.shard.readEnded()
        #expect(self.replies.sends() == [frame([1]), frame([2])])
        self.replies.reply([3])
        self.replies.shard.readEnded()
        #expect(self.replies.sends() == [frame([3])])
    }
}
