import Dispatch
import Glibc
import Logging
import Logs
import Systemd
import Testing

@testable import Engine
@testable import lobbyd

@Suite("Memory after many reloads")
struct ReloadGrowthTests {
    static let reloads = 2000
    /// The number of reloads between visits. Each visit connects clients to listeners that the next reload removes.
    static let clientsEvery = 10

    private func text(_ number: Int) -> String {
        """
        [[listener]]
        name = "tcp \(number)"
        address = "127.0.0.1"
        port = 0
        [[listener]]
        name = "udp \(number)"
        transport = "udp"
        address = "127.0.0.1"
        port = 0
        [relay]
        default = "echo"
        [limits]
        idle_timeout = "100ms"
        udp_proof = "none"
        """
    }

    private struct Rejected: Error {
        let outcome: ReloadOutcome
    }

    /// Connects to each listener and waits for an echo.
    private func visit(_ state: RelayState) throws {
        for listener in state.listeners {
            let isTCP = listener.settings.transport == .tcp
            let type = CInt(isTCP ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue)
            let client = socket(AF_INET, type, 0)
            try #require(client >= 0)
            defer { close(client) }
            let address = SocketAddress(try #require(IPAddress("127.0.0.1")), port: listener.bound.address.port)
            try #require(address.withSockAddr { connect(client, $0, $1) } == 0)
            // A payload of one byte, after its length over TCP or its checksum over UDP.
            let bytes: [UInt8] = isTCP ? [1, 0, 7] : [7, 0, 7]
            try #require(send(client, bytes, bytes.count, 0) == bytes.count)
            var answer: [UInt8] = [0, 0, 0]
            try #require(recv(client, &answer, answer.count, CInt(MSG_WAITALL)) == bytes.count)
        }
    }

    @Test("thousands of reloads that replace all listeners leave only the last ones in memory")
    func bounded() async throws {
        var configuration = Configuration()
        configuration.listeners = []
        configuration.server.eventLoops = 2
        let loaded = LoadedConfiguration(configuration: configuration, path: "none", isFromFile: false)
        let running = RunningRelay(loaded, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let registry = running.manager.registry
        // Reloads on a thread of the global queue, because waiting tests may block all threads of the task pool.
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async { done.resume(with: Result { try self.reloadAgainAndAgain(running) }) }
        }
        // The event loops answer after they have finished the work of all reloads.
        try await running.manager.answersOfEventLoops().get()
        let counts = try await registry.counts().get()
        #expect(counts.opened == 2 * Self.reloads / Self.clientsEvery)
        #expect(counts.listeners.size <= 2)
        #expect(registry.roster.listenerCount == 2)
        #expect(running.manager.udpPorts.size == 1)
        #expect(registry.roster.admission.waiters.count == 1)
        for shard in registry.shards {
            let sockets = try await shard.loop.submit { shard.udpSockets.count }.get()
            #expect(sockets <= 1)
        }
        try await running.manager.shutDown()
    }

    private func reloadAgainAndAgain(_ running: RunningRelay) throws {
        try TemporaryFile.with([]) { path in
            let daemon = Daemon(
                source: ConfigurationSource(file: ConfigurationFile(option: path)),
                log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                logLevel: LogLevelSwitch(SharedLogLevel(.info)),
                notifier: Notifier()
            )
            var mostLeaving = 0
            func reload(_ number: Int) throws {
                let file = try #require(fopen(path, "w"))
                fputs(self.text(number), file)
                fclose(file)
                daemon.reload(running, for: [])
                let outcome = try #require(running.state.lastReload?.outcome)
                guard case .applied = outcome else { throw Rejected(outcome: outcome) }
                mostLeaving = max(mostLeaving, running.state.leaving.count)
            }
            for number in 0..<Self.reloads {
                try reload(number)
                if number % Self.clientsEvery == 0 { try self.visit(running.state) }
            }
            #expect(mostLeaving < Self.reloads / Self.clientsEvery, "closed listeners leave after their connections")
            while running.manager.registry.count > 0 { usleep(1000) }
            try reload(Self.reloads)
            #expect(running.state.leaving.count <= 1, "only the listener of the last reload may remain")
            try reload(Self.reloads + 1)
            #expect(running.state.leaving.count <= 1)
            #expect(running.state.listeners.count == 2)
        }
    }
}
