import Glibc
import Logging
import PandaNet
import Relay
import Systemd

/// One life of lobbyd: opens its rendezvous ports, relays until it is asked to stop, and ends cleanly.
struct Daemon: Sendable {
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
        self.reportStopping(manager, signal)
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
        for rendezvous in rendezvous { await manager.closeRendezvous(rendezvous) }
        try await self.keepingTimeoutExtended(of: manager) {
            try await manager.closeConnections(drain: self.configuration.server.drain)
        }
        let counts = try await manager.registry.counts()
        self.reportFinished(counts, after: .now - start)
        try await manager.shutDown()
    }
}
