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
    /// What the service manager has opened for it.
    var inheritedSockets: [InheritedSocket] = []

    /// - Precondition: the `StopSignal`s are blocked.
    func run() throws -> ExitStatus {
        let descriptors = DescriptorLimit.raise()
        self.warnIfConnectionsDoNotFit(descriptors)
        guard let sockets = self.matchedSockets() else { return .configuration }
        let manager = ConnectionManager(
            eventLoops: self.configuration.server.eventLoopCount,
            limits: self.configuration.limits.engineLimits
        )
        guard let rendezvous = try self.openRendezvous(manager, sockets) else { return .system }
        self.reportReady(manager, rendezvous)

        self.startWatchdog(of: manager)
        let signal = self.keepingStatus(of: manager, rendezvous) { StopSignal.wait() }
        StopSignal.endProcessAtNext()
        self.reportStopping(manager, signal)
        try self.shutDown(manager, rendezvous)
        return .success
    }

    /// - Returns: nil when one could not be opened; the log says which.
    private func openRendezvous(
        _ manager: ConnectionManager,
        _ sockets: [String: CInt]
    ) throws -> [BoundRendezvous]? {
        self.notifier.status("opening \(self.configuration.listeners.count) listeners")
        let receiver = DatagramRelay(router: self.configuration.router)
        let observer = ConnectionLog(log: self.log)
        self.startStormReports(manager, observer)
        var opened: [BoundRendezvous] = []
        for listener in self.configuration.listeners {
            do {
                let socket = sockets[listener.name]
                let rendezvous = try self.open(listener, socket, manager, receiver, observer).wait()
                self.reportBound(rendezvous, isInherited: socket != nil)
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
        _ inherited: CInt?,
        _ manager: ConnectionManager,
        _ receiver: DatagramRelay,
        _ observer: ConnectionLog
    ) -> EventLoopFuture<BoundRendezvous> {
        switch listener.transport {
        case .tcp:
            manager.openTCPServerRendezvous(
                listener.rendezvous,
                inherited: inherited,
                receiver: receiver,
                observer: observer
            )
        case .udp:
            manager.openUDPRendezvous(
                listener.rendezvous,
                inherited: inherited,
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
