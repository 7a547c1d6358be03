import EngineSupport
import Glibc
import Testing

@testable import Engine

/// A stream connection whose system calls fail.
@Suite("A stream with failing system calls", .timeLimit(.minutes(1)))
struct StreamFailureTests {
    private let calls = ScriptedCalls()
    private let listener: PeerListener
    private let received = Locked<[[UInt8]]>([])

    init() throws {
        self.listener = try PeerListener()
    }

    /// Opens a connection whose service records each payload and echoes it.
    private func open(limits: Limits = Limits()) throws -> (test: TestShard, peer: Peer, connection: Connection) {
        let service = TestService { [received] run, connection in
            received.withLock { $0 += run.payloads }
            connection.send(run)
        }
        let test = try TestShard(service, limits: limits, system: self.calls)
        let (peer, connection) = try test.open(self.listener)
        return (test, peer, connection)
    }

    private var receivedCount: Int { self.received.withLock { $0.count } }

    // MARK: Reading

    @Test("an interrupted read, and a read without data, are repeated", arguments: [EINTR, EAGAIN])
    func readAgain(code: CInt) throws {
        let (test, peer, connection) = try self.open()
        self.calls.receives = [.fails(code), .fails(code)]
        try peer.send([1])
        try test.loop.run { self.receivedCount == 1 }
        #expect(self.calls.receiveCount == 3 && connection.isOpen)
    }

    @Test("frames that arrive byte by byte are delivered whole")
    func shortReads() throws {
        let (test, peer, _) = try self.open()
        self.calls.receives = Array(repeating: .takes(1), count: 10)
        try peer.send([1, 2, 3], [], [4])
        try test.loop.run { self.receivedCount == 3 }
        #expect(self.received.withLock { $0 } == [[1, 2, 3], [], [4]])
        #expect(self.calls.receiveCount >= 10)
    }

    @Test(
        "a read error closes the connection with the matching reason",
        arguments: [
            (ECONNRESET, .peerReset), (ETIMEDOUT, .peerVanished), (EHOSTUNREACH, .peerVanished), (EIO, .ioError),
        ] as [(CInt, CloseReason)]
    )
    func readError(code: CInt, reason: CloseReason) throws {
        let (test, peer, connection) = try self.open()
        self.calls.receives = [.fails(code)]
        try peer.send([1])
        try test.loop.run { !connection.isOpen }
        #expect(test.events.all.withLock { $0.last } == .closed(connection.id, reason))
        #expect(connection.descriptor == -1 && test.shard.table.isEmpty)
    }

    // MARK: Sending

    @Test("an interrupted send is repeated at once")
    func interruptedSend() throws {
        let (test, peer, connection) = try self.open()
        self.calls.sends = [.fails(EINTR), .fails(EINTR)]
        connection.send([1])
        test.loop.runTurn()
        #expect(self.calls.sendCount == 3 && connection.pendingBytes == 0)
        #expect(try peer.receive(1) == [[1]])
    }

    @Test("unsent bytes leave when the socket is writable, and the loop then stops polling for writability")
    func fullSocket() throws {
        let (test, peer, connection) = try self.open()
        self.calls.sends = [.fails(EAGAIN)]
        connection.send([1])
        test.loop.runTurn()
        #expect(connection.pendingBytes == 3)
        try test.loop.run { connection.pendingBytes == 0 }
        #expect(try peer.receive(1) == [[1]])
        let sendCount = self.calls.sendCount
        for _ in 0..<10 { test.loop.runTurn() }
        #expect(self.calls.sendCount == sendCount)
        #expect(connection.source?.interest == .readable)
    }

    @Test("datagrams that the kernel takes byte by byte arrive whole and in order")
    func shortWrites() throws {
        let (test, peer, connection) = try self.open()
        self.calls.sends = Array(repeating: .takes(1), count: 30)
        connection.send([1, 2, 3], [], [4])
        test.loop.runTurn()
        #expect(connection.pendingBytes == 9)
        connection.send([5, 6])
        try test.loop.run { connection.pendingBytes == 0 }
        #expect(try peer.receive(4) == [[1, 2, 3], [], [4], [5, 6]])
        #expect(connection.pending.isEmpty && test.shard.pendingTotal.byteCount == 0)
    }

    @Test("interrupted sends, full sockets and short writes in any sequence lose no byte")
    func mixed() throws {
        let (test, peer, connection) = try self.open()
        let sequence: [ScriptedCalls.Step] = [
            .takes(2), .fails(EAGAIN), .fails(EINTR), .takes(1), .fails(ENOBUFS), .fails(EINTR), .fails(EAGAIN),
            .takes(4), .fails(ENOMEM), .fails(ENOMEM), .takes(0),
        ]
        self.calls.sends = sequence + sequence
        let sent = (0..<20).map { [UInt8](repeating: UInt8($0), count: $0) }
        for payload in sent {
            connection.send(payload)
            test.loop.runTurn()
        }
        try test.loop.run {
            test.loop.advance(by: .milliseconds(1))
            return connection.pendingBytes == 0
        }
        #expect(try peer.receive(20) == sent)
    }

    @Test(
        "a send error stops output only: all data that the peer sent still arrives before the close",
        arguments: [
            (EPIPE, .peerReset), (ECONNRESET, .peerReset), (ETIMEDOUT, .peerVanished), (EIO, .ioError),
        ] as [(CInt, CloseReason)]
    )
    func sendError(code: CInt, reason: CloseReason) throws {
        let (test, peer, connection) = try self.open()
        self.calls.everySend = .fails(code)
        // Each datagram is one read, and its echo would be one send.
        self.calls.receives = Array(repeating: .takes(5), count: 400)
        let sent = (0..<400).map { [UInt8($0 / 256), UInt8($0 % 256), 1] }
        for payload in sent { try peer.send(payload) }
        try test.loop.run { self.receivedCount == 400 }
        #expect(self.received.withLock { $0 } == sent)
        #expect(self.calls.sendCount == 1 && connection.writeError == code)
        #expect(connection.isOpen && connection.pendingBytes == 0)
        peer.shutWriting()
        try test.loop.run { !connection.isOpen }
        #expect(test.events.all.withLock { $0.last } == .closed(connection.id, reason))
    }

    @Test("a send error discards all pending bytes")
    func sendErrorWithPending() throws {
        let (test, peer, connection) = try self.open()
        defer { withExtendedLifetime(peer) {} }
        self.calls.sends = [.fails(EAGAIN), .fails(EPIPE)]
        connection.send([1])
        test.loop.runTurn()
        #expect(test.shard.pendingTotal.byteCount == 3)
        test.loop.runTurn()
        #expect(connection.pendingBytes == 0 && test.shard.pendingTotal.byteCount == 0)
        connection.send([2])
        for _ in 0..<10 { test.loop.runTurn() }
        #expect(self.calls.sendCount == 2 && connection.source?.interest == .readable)
    }

    @Test(
        "a send without kernel memory is retried by a timer only, until it succeeds",
        arguments: [ENOBUFS, ENOMEM],
        [false, true]
    )
    func noMemory(code: CInt, isWaitingToWrite: Bool) throws {
        let (test, peer, connection) = try self.open()
        self.calls.sends = isWaitingToWrite ? [.fails(EAGAIN)] : []
        self.calls.everySend = .fails(code)
        connection.send([1])
        for _ in 0..<100 { test.loop.runTurn() }
        let first = isWaitingToWrite ? 2 : 1
        #expect(self.calls.sendCount == first && connection.pendingBytes == 3)
        #expect(connection.source?.interest == .readable)
        // New output waits behind the pending bytes.
        connection.send([2])
        test.loop.runTurn()
        #expect(self.calls.sendCount == first && connection.pendingBytes == 6)
        test.loop.advance(by: Shard.memoryRetryDelay)
        #expect(self.calls.sendCount == first + 1)
        self.calls.everySend = .real
        for _ in 0..<100 { test.loop.runTurn() }
        #expect(self.calls.sendCount == first + 1)
        test.loop.advance(by: Shard.memoryRetryDelay)
        #expect(connection.pendingBytes == 0)
        #expect(try peer.receive(2) == [[1], [2]])
    }

    @Test("a retry that falls due after the close sends no bytes")
    func retryAfterEnd() throws {
        let (test, peer, connection) = try self.open()
        defer { withExtendedLifetime(peer) {} }
        self.calls.everySend = .fails(ENOBUFS)
        connection.send([1])
        test.loop.runTurn()
        connection.close()
        test.loop.runTurn()
        #expect(connection.descriptor == -1)
        let sendCount = self.calls.sendCount
        test.loop.advance(by: .seconds(1))
        #expect(self.calls.sendCount == sendCount)
    }

    // MARK: A peer that resets while reading is paused

    @Test("a reset while reading is paused stops polling, and the peer's data is delivered after the pause")
    func resetWhilePaused() throws {
        let (test, peer, connection) = try self.open()
        test.shard.readGate.block(at: test.loop.now)
        try peer.send([1], [2])
        for _ in 0..<10 { test.loop.runTurn() }
        peer.abort()
        for _ in 0..<10 { test.loop.runTurn() }
        #expect(self.calls.receiveCount == 0 && connection.isOpen)
        #expect(connection.source?.isPolled == false)
        test.shard.readGate.unblock(at: test.loop.now)
        try test.loop.run { !connection.isOpen }
        #expect(self.received.withLock { $0 } == [[1], [2]])
        #expect(test.events.all.withLock { $0.last } == .closed(connection.id, .peerReset))
    }

    @Test("a reset while reading is paused stops output without a read or a poll")
    func resetAtPause() throws {
        let (test, peer, connection) = try self.open()
        try peer.send([1])
        peer.abort()
        test.shard.readGate.block(at: test.loop.now)
        try test.loop.run { connection.source?.isHungUp == true }
        #expect(connection.source?.isPolled == false && connection.isOpen)
        connection.send([2])
        for _ in 0..<10 { test.loop.runTurn() }
        #expect(self.calls.sendCount == 0 && self.calls.receiveCount == 0 && connection.pendingBytes == 0)
        test.shard.readGate.unblock(at: test.loop.now)
        try test.loop.run { !connection.isOpen }
        #expect(test.events.all.withLock { $0.last } == .closed(connection.id, .peerReset))
    }

    @Test("a rate holds the data of a reset peer for a limited time, then the connection closes")
    func goneWhileHeld() throws {
        var limits = Limits.off(datagramBytes: 65_535)
        limits.datagramsPerSecond = 1
        let (test, peer, connection) = try self.open(limits: limits)
        for number in 0..<100 { try peer.send([UInt8(number)]) }
        try test.loop.run { connection.source?.held != nil }
        peer.abort()
        test.loop.advance(by: HeldInput.ageMaxWithoutPeer + .seconds(2))
        #expect(test.events.all.withLock { $0.last } == .closed(connection.id, .rateLimited))
        #expect(self.receivedCount < 20)
    }

    // MARK: Polling

    /// A descriptor that epoll does not accept.
    private func unpollable() -> CInt { Glibc.open("/dev/null", O_RDONLY) }

    @Test("a socket that cannot be polled is closed and frees its slot")
    func opening() throws {
        let (test, peer, _) = try self.open()
        defer { withExtendedLifetime(peer) {} }
        let place = test.origin.roster.admission.look { $0.count }
        let descriptor = self.unpollable()
        let address = SocketAddress(try #require(IPAddress("127.0.0.1")), port: 1)
        let admission = test.origin.roster.admission
        _ = admission.admitOwn()
        let opened = test.shard.openStream(descriptor, peer: address, origin: test.origin, framing: .two)
        #expect(opened == nil)
        #expect(fcntl(descriptor, F_GETFD) == -1 && errno == EBADF)
        #expect(admission.look { $0.count } == place)
        #expect(test.events.all.withLock { $0.count } == 1 && test.shard.table.count == 1)
    }

    @Test("a connection that can no longer be polled closes")
    func polledAgain() throws {
        let (test, peer, connection) = try self.open()
        defer { withExtendedLifetime(peer) {} }
        let source = try #require(connection.source)
        test.loop.stopPolling(source)
        let null = self.unpollable()
        dup2(null, source.descriptor)
        close(null)
        connection.resumeReading()
        test.loop.runTurn()
        #expect(test.events.all.withLock { $0.last } == .closed(connection.id, .ioError))
    }
}

extension SocketTests {
    @Suite("A peer that resets while reading is paused")
    struct PausedResetTests {
        @Test("a reset during a pause does not make the event loop spin")
        func turns() async throws {
            var limits = Limits.off(datagramBytes: 65_535)
            limits.datagramsPerSecond = 1
            try await TestEngine.run(.echo, limits: limits) { engine in
                let peer = try await engine.peers(1)[0]
                try peer.send([1], [2], [3])
                #expect(try peer.receive(1) == [[1]])
                peer.abort()
                let loop = engine.manager.registry.shards[0].loop
                let turns = Locked(0)
                let isOver = Answer<Void>()
                loop.post {
                    let endOfTurn = loop.endOfTurn
                    loop.endOfTurn = {
                        turns.withLock { $0 += 1 }
                        return endOfTurn()
                    }
                    loop.schedule(after: .milliseconds(200)) { isOver.succeed(()) }
                }
                try await isOver.get()
                #expect(turns.withLock { $0 } < 50)
            }
        }
    }
}
