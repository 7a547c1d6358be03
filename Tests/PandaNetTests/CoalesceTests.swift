import Glibc
import NIOCore
import NIOEmbedded
import Testing
import Wire

@testable import PandaNet

/// What a shard sends, and when, on an event loop whose time the tests make; the other ends are socket pairs.
@Suite("Coalesce")
struct CoalesceTests {
    private let loop: EmbeddedEventLoop
    private let shard: Shard
    private let sender: Wired
    private let other: Wired

    init() throws {
        (self.shard, self.loop) = Shard.embedded(coalesce: .milliseconds(5))
        self.shard.use(.two)
        self.sender = try Wired(1, on: self.shard)
        self.other = try Wired(2, on: self.shard)
    }

    @Test("the first broadcast waits for as long as was said, and those that come meanwhile go with it")
    func holds() {
        self.sender.broadcast([1])
        self.loop.advanceTime(by: .milliseconds(4))
        self.sender.broadcast([2])
        #expect(self.other.received() == [])
        self.loop.advanceTime(by: .milliseconds(1))
        #expect(self.other.received() == frame([1]) + frame([2]))
        self.sender.broadcast([3])
        self.loop.advanceTime(by: .milliseconds(4))
        #expect(self.other.received() == [])
        self.loop.advanceTime(by: .milliseconds(1))
        #expect(self.other.received() == frame([3]))
    }

    @Test("an echo behind a broadcast of the same sender waits with it; another sender's does not")
    func echoes() {
        self.sender.broadcast([1])
        self.sender.echo([2])
        self.other.echo([3])
        #expect(self.other.received() == frame([3]))
        self.loop.run()
        #expect(self.sender.received() == [])
        self.loop.advanceTime(by: .milliseconds(5))
        #expect(self.sender.received() == frame([1]) + frame([2]))
    }

    @Test("a batch that is full goes at once", arguments: [true, false])
    func full(isBroadcast: Bool) {
        let payload = [UInt8](repeating: 7, count: Shard.batchBytesMax - 2)
        self.sender.broadcast([1])
        if isBroadcast { self.sender.broadcast(payload) } else { self.sender.echo(payload) }
        #expect(self.sender.received() == frame([1]) + frame(payload))
    }

    @Test("what waits goes at once when the setting changes, when a connection is closed and when the program ends")
    func released() {
        self.sender.broadcast([1])
        self.shard.use(Limits(), coalesce: .zero)
        #expect(self.other.received() == frame([1]))
        self.sender.broadcast([2])
        self.loop.run()
        #expect(self.other.received() == frame([2]))

        self.shard.use(Limits(), coalesce: .seconds(1))
        self.sender.broadcast([3])
        self.shard.close(self.sender.connection, .closedHere)
        #expect(self.other.received() == frame([3]))
        self.other.broadcast([4])
        self.shard.stopTakingDatagrams()
        #expect(self.other.received() == frame([4]))
    }
}

/// A connection of a shard, and the socket at its other end.
private final class Wired {
    let connection: Connection
    private let farEnd: CInt

    init(_ id: UInt64, on shard: Shard) throws {
        var pair: [CInt] = [0, 0]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &pair) == 0)
        self.connection = shard.connection(id)
        self.connection.descriptor = pair[0]
        self.farEnd = pair[1]
        shard.opened(self.connection)
    }

    deinit {
        close(self.connection.descriptor)
        close(self.farEnd)
    }

    func broadcast(_ payload: [UInt8]) {
        self.run(payload) { self.connection.broadcast($0, includingSender: true) }
    }

    func echo(_ payload: [UInt8]) {
        self.run(payload) { self.connection.send($0) }
    }

    /// What has arrived by now.
    func received() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 4 * Shard.batchBytesMax)
        let count = recv(self.farEnd, &buffer, buffer.count, CInt(MSG_DONTWAIT))
        return Array(buffer.prefix(max(count, 0)))
    }

    private func run(_ payload: [UInt8], _ body: (DatagramRun) -> Void) {
        frame(payload).withUnsafeBytes { body(DatagramRun(bytes: $0, datagramCount: 1, header: .two)) }
    }
}
