import Glibc
import Logging
import PandaNet
import Relay
import Systemd

/// One life of lobbyd: opens its rendezvous ports, relays until it is asked to stop, and ends cleanly.
struct Daemon: Sendable {
    /// How often the service manager's status line is brought up to date, when it has changed.
    static let statusInterval = Duration.seconds(5)
    /// How often a drain tells the service manager that it is still at it.
    static let drainInterval = Duration.seconds(1)

    let configuration: Configuration
    let log: Logger
    let notifier: Notifier

    func run(until stop: StopRequest) async throws -> ExitStatus {
        let descriptors = DescriptorLimit.raise()
        self.warnIfConnectionsDoNotFit(descriptors)
        let manager = ConnectionManager(
            eventLoops: self.configuration.server.eventLoopCount,
            limits: self.configuration.limits.engineLimits
        )
        guard let rendezvous = await self.openRendezvous(manager) else { return .system }
        self.reportReady(manager, rendezvous)

        let signal = await self.keepingStatus(of: manager, rendezvous) { await stop.received() }
        self.log.notice(
            "shutdown.started",
            metadata: ["signal": "\(signal)", "connections": "\(manager.registry.count)"]
        )
        try await self.shutDown(manager, rendezvous)
        return .success
    }

    /// - Returns: nil when one could not be opened; the log says which.
    private func openRendezvous(_ manager: ConnectionManager) async -> [BoundRendezvous]? {
        self.notifier.status("opening \(self.configuration.listeners.count) listeners")
        let receiver = DatagramRelay(router: self.configuration.router)
        let observer = ConnectionLog(log: self.log)
        var opened: [BoundRendezvous] = []
        for listener in self.configuration.listeners {
            do throws(RendezvousError) {
                let rendezvous = try await manager.openTCPServerRendezvous(
                    listener.rendezvous,
                    receiver: receiver,
                    observer: observer
                )
                self.reportBound(rendezvous)
                opened.append(rendezvous)
            } catch {
                self.reportUnbound(error)
                return nil
            }
        }
        return opened
    }

    private func shutDown(_ manager: ConnectionManager, _ rendezvous: [BoundRendezvous]) async throws {
        let start = ContinuousClock.now
        self.notifier.stopping(status: "draining \(manager.registry.count) connections")
        for rendezvous in rendezvous { await manager.closeRendezvous(rendezvous) }
        try await self.keepingTimeoutExtended(of: manager) {
            try await manager.closeConnections(drain: self.configuration.server.drain)
        }
        let counts = try await manager.registry.counts()
        self.reportFinished(counts, after: .now - start)
        try await manager.shutDown()
    }
}

// MARK: - The service manager

extension Daemon {
    private func keepingStatus<Result: Sendable>(
        of manager: ConnectionManager,
        _ rendezvous: [BoundRendezvous],
        while body: @escaping @Sendable () async -> Result
    ) async -> Result {
        await self.repeating(every: Self.statusInterval) {
            self.notifier.status(Self.status(connections: manager.registry.count, listeners: rendezvous.count))
        } while: {
            await body()
        }
    }

    private func keepingTimeoutExtended(
        of manager: ConnectionManager,
        while body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await self.repeating(every: Self.drainInterval) {
            self.notifier.extendTimeout(by: Self.drainInterval * 5)
            self.notifier.status("draining \(manager.registry.count) connections")
        } while: {
            try await body()
        }
    }

    private func repeating<Result: Sendable>(
        every interval: Duration,
        _ deed: @escaping @Sendable () -> Void,
        while body: @Sendable () async throws -> Result
    ) async rethrows -> Result {
        let repetition = Task {
            while !Task.isCancelled {
                deed()
                try await Task.sleep(for: interval)
            }
        }
        defer { repetition.cancel() }
        return try await body()
    }

    static func status(connections: Int, listeners: Int) -> String {
        let connections = connections == 1 ? "1 connection" : "\(connections) connections"
        let listeners = listeners == 1 ? "1 listener" : "\(listeners) listeners"
        return "\(connections) on \(listeners)"
    }
}

// MARK: - The log

extension Daemon {
    private func warnIfConnectionsDoNotFit(_ descriptors: DescriptorLimit) {
        let connections = self.configuration.limits.connections
        guard !descriptors.fits(connections: connections) else { return }
        self.log.warning(
            "limit.descriptors",
            metadata: [
                "descriptors": "\(descriptors.soft)", "connections": "\(connections.map(String.init) ?? "no limit")",
            ]
        )
    }

    private func reportBound(_ bound: BoundRendezvous) {
        self.log.notice(
            "listener.bound",
            metadata: [
                "listener": "\(bound.rendezvous.name)",
                "transport": "tcp",
                "address": "\(bound.address.host)",
                "port": "\(bound.address.port)",
                "backlog": "\(bound.rendezvous.backlog)",
                "header_size": "\(bound.rendezvous.header.size)",
            ]
        )
    }

    private func reportUnbound(_ error: RendezvousError) {
        self.log.critical(
            "listener.failed",
            metadata: [
                "listener": "\(error.rendezvous.name)",
                "address": "\(error.rendezvous.host ?? "*")",
                "port": "\(error.rendezvous.port)",
                "reason": "\(error.reason)",
            ]
        )
        self.notifier.failed(status: error.description, errno: error.errorCode)
    }

    private func reportReady(_ manager: ConnectionManager, _ rendezvous: [BoundRendezvous]) {
        self.log.notice(
            "ready",
            metadata: [
                "version": "\(Version.text)",
                "listeners": "\(rendezvous.count)",
                "event_loops": "\(self.configuration.server.eventLoopCount)",
            ]
        )
        self.notifier.ready(status: Self.status(connections: manager.registry.count, listeners: rendezvous.count))
    }

    private func reportFinished(_ counts: ConnectionCounts, after duration: Duration) {
        self.log.notice(
            "shutdown.finished",
            metadata: [
                "connections": "\(counts.opened)",
                "connections_cut": "\(counts.cut)",
                "connections_refused": "\(counts.refused.values.reduce(0, +))",
                "datagrams_in": "\(counts.traffic.datagramsIn)",
                "datagrams_out": "\(counts.traffic.datagramsOut)",
                "datagrams_dropped": "\(counts.traffic.datagramsDropped)",
                "bytes_in": "\(counts.traffic.bytesIn)",
                "bytes_out": "\(counts.traffic.bytesOut)",
                "duration_usec": "\(duration.microseconds)",
            ]
        )
    }
}
