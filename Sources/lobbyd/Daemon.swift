import Glibc
import Logging
import NIOCore
import PandaNet
import Relay
import Systemd

/// One life of lobbyd: opens its rendezvous ports, relays until it is asked to stop, and ends cleanly.
///
/// It runs on the main thread, which only waits, without tasks: Swift's thread pool would bring threads and memory, and asks
/// for a priority that only root may have, so that every start of the service would log a complaint.
struct Daemon: Sendable {
    let configuration: Configuration
    let log: Logger
    let notifier: Notifier
    let logLevel: LogLevelSwitch
    /// Where the configuration is from.
    let source: String

    /// - Precondition: the `StopSignal`s are blocked.
    func run() throws -> ExitStatus {
        let startedAt = ContinuousClock.now
        let descriptors = DescriptorLimit.raise()
        self.warnIfConnectionsDoNotFit(descriptors)
        let manager = ConnectionManager(
            eventLoops: self.configuration.server.eventLoopCount,
            limits: self.configuration.limits.engineLimits
        )
        let connectionLog = ConnectionLog(log: self.log)
        guard let rendezvous = try self.openRendezvous(manager, connectionLog) else { return .system }
        let service = DaemonControl(
            self.configuration,
            from: self.source,
            manager,
            rendezvous,
            connectionLog: connectionLog,
            logLevel: self.logLevel,
            startedAt: startedAt
        )
        let control: ControlServer?
        do { control = try self.openControl(service) } catch { return .system }
        defer { control?.close() }
        self.reportReady(manager, rendezvous)

        let signal = self.keepingStatus(of: manager, rendezvous) { StopSignal.wait() }
        StopSignal.endProcessAtNext()
        service.state.withLock { $0.isDraining = true }
        self.reportStopping(manager, signal)
        try self.shutDown(manager, rendezvous)
        return .success
    }

    /// - Returns: nil when one could not be opened; the log says which.
    private func openRendezvous(
        _ manager: ConnectionManager,
        _ observer: ConnectionLog
    ) throws -> [BoundRendezvous]? {
        self.notifier.status("opening \(self.configuration.listeners.count) listeners")
        let receiver = DatagramRelay(router: self.configuration.router)
        var opened: [BoundRendezvous] = []
        for listener in self.configuration.listeners {
            do {
                let rendezvous = try self.open(listener, manager, receiver, observer).wait()
                self.reportBound(rendezvous)
                opened.append(rendezvous)
            } catch let error as RendezvousError {
                self.reportUnbound(error)
                return nil
            }
        }
        return opened
    }

    private func open(
        _ listener: ListenerSettings,
        _ manager: ConnectionManager,
        _ receiver: DatagramRelay,
        _ observer: ConnectionLog
    ) -> EventLoopFuture<BoundRendezvous> {
        switch listener.transport {
        case .tcp:
            manager.openTCPServerRendezvous(listener.rendezvous, receiver: receiver, observer: observer)
        case .udp:
            manager.openUDPRendezvous(
                listener.rendezvous,
                idleTimeout: self.configuration.limits.udpIdleTimeout,
                proof: self.configuration.limits.udpProof,
                receiver: receiver,
                observer: observer
            )
        }
    }

    /// The event loops end with the process.
    private func shutDown(_ manager: ConnectionManager, _ rendezvous: [BoundRendezvous]) throws {
        let start = ContinuousClock.now
        try self.keepingTimeoutExtended(of: manager) {
            for rendezvous in rendezvous { try manager.closeRendezvous(rendezvous).wait() }
            try manager.closeConnections(drain: self.configuration.server.drain).wait()
        }
        self.reportFinished(try manager.registry.counts().wait(), after: .now - start)
    }
}
