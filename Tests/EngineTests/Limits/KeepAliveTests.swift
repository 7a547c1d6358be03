import Glibc
import Testing

@testable import Engine

@Suite("KeepAlive")
struct KeepAliveTests {
    private func value(_ level: CInt, _ name: CInt, of descriptor: CInt) -> CInt {
        var value: CInt = -1
        var size = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(descriptor, level, name, &value, &size)
        return value
    }

    /// Applies these limits to a socket one after the other, and returns SO_KEEPALIVE, then idle time, interval, probe
    /// count and user timeout.
    private func options(_ limits: Limits...) -> [CInt] {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        for each in limits { #expect(KeepAlive(each).apply(to: descriptor) == nil) }
        let tcp = [TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT]
        return [self.value(SOL_SOCKET, SO_KEEPALIVE, of: descriptor)]
            + tcp.map { self.value(CInt(IPPROTO_TCP), $0, of: descriptor) }
    }

    @Test(
        "keep-alive sets four probes, a quarter of the time apart but at least a second, and a user timeout of twice the time"
    )
    func options() {
        #expect(self.options(Limits(keepAlive: .seconds(30))) == [1, 30, 7, 4, 60_000])
        #expect(self.options(Limits(keepAlive: .seconds(1))) == [1, 1, 1, 4, 2_000])
        #expect(self.options(Limits(keepAlive: .seconds(3600))) == [1, 3600, 900, 4, 7_200_000])
    }

    @Test("without a pending age, keep-alive sets no user timeout")
    func pendingForEver() {
        let limits = Limits(pendingAge: nil, keepAlive: .seconds(30))
        #expect(self.options(limits) == [1, 30, 7, 4, 0])
        #expect(self.options(Limits(keepAlive: .seconds(30)), limits) == [1, 30, 7, 4, 0])
    }

    @Test("turning keep-alive off restores the socket's defaults")
    func off() {
        let off = self.options(Limits(keepAlive: .seconds(30)), Limits())
        #expect(off[0] == 0 && off[4] == 0)
        #expect(KeepAlive(Limits()).isSystemDefault && !KeepAlive(Limits(keepAlive: .seconds(1))).isSystemDefault)
    }

    @Test("a failed system call returns its error")
    func refused() {
        #expect(KeepAlive(Limits()).apply(to: -1) == EBADF)
    }

    @Test(
        "an unreachable peer has the reason peerVanished",
        arguments: [ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, ENETDOWN]
    )
    func reason(code: CInt) {
        #expect(CloseReason(errorCode: code) == .peerVanished)
        #expect(!CloseReason.peerVanished.isPeersFault)
    }
}

extension SocketTests {
    @Suite("Keeping alive")
    struct KeepingAliveTests {
        private func userTimeouts(_ manager: ConnectionManager) async throws -> [CInt] {
            try await manager.registry.compactMap { connection in
                var value: CInt = -1
                var size = socklen_t(MemoryLayout<CInt>.size)
                getsockopt(connection.source?.descriptor ?? -1, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, &value, &size)
                return value
            }.get()
        }

        @Test(
            "keep-alive applies to accepted connections, client connections and, after a change, to existing ones",
            arguments: [1, 2]
        )
        func everywhere(eventLoops: Int) async throws {
            let limits = Limits(keepAlive: .seconds(5))
            try await TestEngine.run(.echo, limits: limits, eventLoops: eventLoops) { engine in
                let peer = try await engine.peers(1)[0]
                let client: Connection = try await engine.manager.openTCPClientConnection(
                    host: "127.0.0.1",
                    port: engine.port(),
                    timeout: .seconds(5),
                    service: TestService.echo,
                    observers: [engine.events]
                )
                #expect(client.rendezvous == nil)
                await engine.events.opened(3)
                #expect(try await self.userTimeouts(engine.manager) == [10_000, 10_000, 10_000])
                try await engine.manager.update(ManagerUpdate(limits: Limits(keepAlive: .seconds(7)))).get()
                #expect(try await self.userTimeouts(engine.manager) == [14_000, 14_000, 14_000])
                try await engine.manager.update(ManagerUpdate(limits: Limits())).get()
                #expect(try await self.userTimeouts(engine.manager) == [0, 0, 0])
                try peer.send([1])
                #expect(try peer.receive(1) == [[1]])
            }
        }
    }
}
