import EngineSupport
import Glibc
import Testing

@testable import Engine

/// A listener whose system calls fail as the test says, and whose clock the test has.
@Suite("Listener")
struct ListenerTests {
    @Test(
        "an error that may last is told, and clients wait for 100 ms before the next attempt",
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

    @Test("an error that concerns one client or one call delays no other", arguments: [ECONNABORTED, EINTR, EAGAIN])
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

    @Test("a socket that is of no use is opened again, for those who wait on it too", arguments: [EBADF, EINVAL])
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

    @Test("a socket that the poller reports as ended is opened again on the same port")
    func hungUp() throws {
        let free = try DrivenListener()
        _ = free.listener.close()
        free.end()
        // A port that the system has chosen is lost with the end of the socket.
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

    @Test("of errors in a row each has its own effect, and the client is served in the end")
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

    @Test("a client that comes alone costs one call, and a crowd no more calls than clients")
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

    @Test("past the limit of connections a client waits with the system until there is a place")
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

    @Test("a client that was accepted while the last place went to another waits for the next one")
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

    @Test("a client that may not come in is closed, told and counted")
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

    @Test("clients that were gone before they were accepted cost their address nothing, and become no connections")
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

    @Test("where addresses have no limits, one that was gone is a connection that ends at once")
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

    @Test("clients wait with the system while it is held, whatever else comes and goes")
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

    @Test("one that retires accepts those who wait with the system, and then its port is free")
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

    @Test("one that retires closes after a second, also where clients have no place")
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

    @Test("its end is answered once the port is free, also while it is lost")
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

    @Test("accepted sockets inherit the options of the engine")
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
        // Linux doubles what it is asked for, and has a limit of its own.
        #expect((1...2 * StreamOptions.receiveBufferBytes).contains(option(SOL_SOCKET, SO_RCVBUF)))
        #expect((1...2 * StreamOptions.sendBufferBytes).contains(option(SOL_SOCKET, SO_SNDBUF)))
        #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
        withExtendedLifetime(peer) {}
    }
}
