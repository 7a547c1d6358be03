import EngineSupport
import Glibc
import Testing

@testable import Engine

/// A listener with scripted system calls and a driven clock.
@Suite("Listener")
struct ListenerTests {
    @Test(
        "a persistent accept error is reported, and the next attempt follows after 100 ms",
        arguments: [EMFILE, ENFILE, ENOMEM, ENOBUFS, EPROTO, EPERM, ENETDOWN, EIO]
    )
    func backsOff(code: CInt) throws {
        let driven = try DrivenListener()
        defer { driven.end() }
        driven.system.failAccepts(code)
        let peer = try driven.peer()
        driven.turn(5)
        #expect(driven.faults == [.acceptFailed(code, isFatal: false)])
        driven.loop.advance(by: .milliseconds(99))
        driven.turn(5)
        #expect(driven.system.acceptCalls == 1)
        driven.loop.advance(by: .milliseconds(1))
        driven.turn()
        #expect(driven.openedCount == 1)
        #expect(driven.faults.count == 1)
        withExtendedLifetime(peer) {}
    }

    @Test(
        "an error that concerns one client or one call is not reported and delays no other client",
        arguments: [ECONNABORTED, EINTR, EAGAIN]
    )
    func goesOn(code: CInt) throws {
        let driven = try DrivenListener()
        defer { driven.end() }
        driven.system.failAccepts(code)
        let peer = try driven.peer()
        driven.turn()
        #expect(driven.openedCount == 0)
        driven.turn()
        #expect(driven.openedCount == 1)
        #expect(driven.faults.isEmpty)
        withExtendedLifetime(peer) {}
    }

    @Test("an unusable listening socket is reopened, and waiting clients are accepted", arguments: [EBADF, EINVAL])
    func lost(code: CInt) throws {
        let driven = try DrivenListener()
        defer { driven.end() }
        driven.system.failAccepts(code)
        weak let before = driven.listener.socket
        let waiting = try driven.peer()
        driven.turn()
        #expect(before == nil)
        #expect(driven.faults == [.acceptFailed(code, isFatal: true)])
        let later = try driven.peer()
        driven.loop.advance(by: ReopeningDelay.first - .milliseconds(1))
        driven.turn(3)
        #expect(driven.system.acceptCalls == 1)
        driven.loop.advance(by: .milliseconds(1))
        driven.turn(3)
        #expect(driven.faults == [.acceptFailed(code, isFatal: true), .listenerReopened])
        #expect(driven.openedCount == 2)
        withExtendedLifetime((waiting, later)) {}
    }

    @Test("a listening socket that the poller reports as hung up is reopened on the same port")
    func hungUp() throws {
        let free = try DrivenListener()
        _ = free.listener.close()
        free.end()
        // A port that the system chose is lost when its socket closes.
        let driven = try DrivenListener(port: free.port)
        defer { driven.end() }
        let socket = try #require(driven.listener.socket)
        #expect(shutdown(socket.descriptor, CInt(SHUT_RDWR)) == 0)
        driven.turn()
        #expect(driven.faults == [.listenerLost])
        #expect(socket.descriptor == -1)
        driven.loop.advance(by: ReopeningDelay.first)
        #expect(driven.faults == [.listenerLost, .listenerReopened])
        let peer = try driven.peer()
        driven.turn()
        #expect(driven.openedCount == 1)
        withExtendedLifetime(peer) {}
    }

    @Test("each of several accept errors has its own effect, and the client is accepted in the end")
    func sequence() throws {
        let driven = try DrivenListener()
        defer { driven.end() }
        driven.system.failAccepts(ECONNABORTED, EMFILE, EINTR, EAGAIN, EINVAL, ENOBUFS, EBADF, ENFILE, ENOMEM)
        let peer = try driven.peer()
        for _ in 0..<20 {
            driven.turn(5)
            driven.loop.advance(by: .milliseconds(100))
        }
        #expect(driven.openedCount == 1)
        #expect(
            driven.faults == [
                .acceptFailed(EMFILE, isFatal: false), .acceptFailed(EINVAL, isFatal: true), .listenerReopened,
                .acceptFailed(ENOBUFS, isFatal: false), .acceptFailed(EBADF, isFatal: true), .listenerReopened,
                .acceptFailed(ENFILE, isFatal: false), .acceptFailed(ENOMEM, isFatal: false),
            ]
        )
        #expect(driven.system.acceptCalls == 10)
        withExtendedLifetime(peer) {}
    }

    @Test("a single client costs about one call, and a crowd no more calls than clients")
    func calls() throws {
        let driven = try DrivenListener()
        defer { driven.end() }
        var peers: [Peer] = []
        for _ in 0..<50 {
            peers.append(try driven.peer())
            driven.turn(2)
        }
        #expect(driven.openedCount == 50)
        #expect(driven.system.acceptCalls <= 60)
        let before = driven.system.acceptCalls
        for _ in 0..<200 { peers.append(try driven.peer()) }
        driven.turn(40)
        #expect(driven.openedCount == 250)
        #expect(driven.system.acceptCalls - before <= 201)
    }

    @Test("a client past the connection limit stays in the backlog until a slot is free")
    func full() throws {
        let driven = try DrivenListener(limits: Limits(connections: 1))
        defer { driven.end() }
        let (first, second) = (try driven.peer(), try driven.peer())
        driven.turn(5)
        #expect(driven.openedCount == 1)
        #expect(driven.system.acceptCalls == 1)
        first.abort()
        driven.turn(5)
        #expect(driven.openedCount == 2)
        #expect(driven.faults.isEmpty)
        withExtendedLifetime(second) {}
    }

    @Test("an accepted client waits for the next slot if the last one was just taken")
    func lastPlaceTaken() throws {
        let driven = try DrivenListener(limits: Limits(connections: 1))
        defer { driven.end() }
        let admission = driven.registry.roster.admission
        driven.system.onAccept { _ = admission.admitOwn() }
        let peer = try driven.peer()
        driven.turn(5)
        #expect(driven.system.acceptCalls == 1)
        #expect(driven.listener.waiting.count == 1)
        #expect(driven.openedCount == 0)
        admission.release(nil)
        driven.turn(2)
        #expect(driven.openedCount == 1)
        #expect(driven.faults.isEmpty)
        withExtendedLifetime(peer) {}
    }

    @Test("a denied client is closed, reported and counted")
    func refused() throws {
        let access = AccessList(deny: [try IPNetwork("127.0.0.0/8")])
        let driven = try DrivenListener(limits: Limits(access: access))
        defer { driven.end() }
        let peer = try driven.peer()
        driven.turn()
        #expect(peer.isEnded())
        #expect(driven.faults == [.refused(.accessDenied)])
        #expect(driven.registry.roster.admission.look { $0.refused } == [.accessDenied: 1])
        #expect(driven.registry.count == 0)
    }

    @Test("clients that left before the accept use no rate of their address and become no connections")
    func gone() throws {
        let driven = try DrivenListener(limits: Limits(acceptsPerSecondPerAddress: 1))
        defer { driven.end() }
        for _ in 0..<3 { try driven.peer().abort() }
        let peer = try driven.peer()
        driven.turn(8)
        #expect(driven.faults == [.refused(.clientGone), .refused(.clientGone), .refused(.clientGone)])
        #expect(driven.registry.roster.admission.look { $0.refused } == [.clientGone: 3])
        #expect(driven.openedCount == 1)
        withExtendedLifetime(peer) {}
    }

    @Test("without limits for addresses, a client that left becomes a connection that closes at once")
    func goneWithoutLimits() throws {
        let driven = try DrivenListener()
        defer { driven.end() }
        try driven.peer().abort()
        driven.turn(4)
        #expect(
            driven.events.all.withLock { $0.map { if case .closed(_, .peerReset) = $0 { true } else { false } } } == [
                false, true,
            ]
        )
        #expect(driven.registry.count == 0)
    }

    @Test("clients stay in the backlog while the listener is held, even if another pause begins and ends")
    func held() throws {
        let driven = try DrivenListener(isHeld: true)
        defer { driven.end() }
        let peer = try driven.peer()
        driven.turn(3)
        driven.listener.pause(.failing)
        driven.listener.resume(.failing)
        driven.turn(3)
        #expect(driven.system.acceptCalls == 0)
        driven.listener.resume(.held)
        driven.turn()
        #expect(driven.openedCount == 1)
        withExtendedLifetime(peer) {}
    }

    @Test("a retiring listener accepts its backlog and then frees its port")
    func retires() throws {
        let driven = try DrivenListener()
        defer { driven.end() }
        let peers = try (0..<100).map { _ in try driven.peer() }
        let isRetired = Locked(false)
        driven.listener.retire(isSucceeded: false).whenSet { _ in isRetired.withLock { $0 = true } }
        for _ in 0..<200 where !isRetired.withLock({ $0 }) { driven.loop.advance(by: .milliseconds(1)) }
        #expect(isRetired.withLock { $0 })
        #expect(driven.openedCount == 100)
        #expect(throws: PeerError.refused(ECONNREFUSED)) { try driven.peer() }
        withExtendedLifetime(peers) {}
    }

    @Test("a retiring listener closes after a second, even if clients still wait for a slot")
    func retiresFull() throws {
        let driven = try DrivenListener(limits: Limits(connections: 1))
        defer { driven.end() }
        let peers = try (0..<2).map { _ in try driven.peer() }
        driven.turn(3)
        let isRetired = Locked(false)
        driven.listener.retire(isSucceeded: false).whenSet { _ in isRetired.withLock { $0 = true } }
        driven.loop.advance(by: Listener.retirementMax)
        #expect(isRetired.withLock { $0 })
        #expect(peers[1].isEnded())
        #expect(driven.openedCount == 1)
    }

    @Test("a close is answered when the port is free, even if the socket was lost")
    func close() throws {
        let driven = try DrivenListener()
        defer { driven.end() }
        driven.system.failAccepts(EBADF)
        let peer = try driven.peer()
        driven.turn()
        let answers = Locked(0)
        for _ in 0..<2 { driven.listener.close().whenSet { _ in answers.withLock { $0 += 1 } } }
        driven.turn()
        #expect(answers.withLock { $0 } == 2)
        #expect(throws: PeerError.refused(ECONNREFUSED)) { try driven.peer() }
        driven.loop.advance(by: .seconds(1))
        #expect(driven.faults == [.acceptFailed(EBADF, isFatal: true)])
        #expect(driven.registry.roster.listenerCount == 0)
        withExtendedLifetime(peer) {}
    }

    @Test("accepted sockets have the engine's options")
    func options() throws {
        let driven = try DrivenListener()
        defer { driven.end() }
        let peer = try driven.peer()
        driven.turn()
        let connection = try #require(driven.shard.table.connections.first)
        guard case .socket(let descriptor) = connection.transmitter else { throw PeerError.refused(0) }
        func option(_ level: CInt, _ name: CInt) -> Int {
            var (value, size) = (CInt(0), socklen_t(MemoryLayout<CInt>.size))
            getsockopt(descriptor, level, name, &value, &size)
            return Int(value)
        }
        #expect(option(CInt(IPPROTO_TCP), TCP_NODELAY) == 1)
        // Linux doubles the requested size, and has a limit of its own.
        #expect((1...2 * StreamOptions.receiveBufferBytes).contains(option(SOL_SOCKET, SO_RCVBUF)))
        #expect((1...2 * StreamOptions.sendBufferBytes).contains(option(SOL_SOCKET, SO_SNDBUF)))
        #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
        withExtendedLifetime(peer) {}
    }
}
