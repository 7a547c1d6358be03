import Engine
import Glibc
import Logging
import Systemd

/// A run of lobbyd: opens the listeners, relays until a request to stop, then drains and ends.
///
/// It runs on the main thread, which only waits, and uses no Swift tasks. Swift's thread pool would cost threads and
/// memory. The pool also asks for a priority that only root may have, so each start of the service would log a
/// complaint.
struct Daemon: Sendable {
    let source: ConfigurationSource
    let log: Logger
    let logLevel: LogLevelSwitch
    let notifier: Notifier
    /// The sockets that the service manager opened.
    var inheritedSockets: [InheritedSocket] = []
    var counts = DaemonCounts()
    /// Takes requests for a reload or a stop, from any thread, at any time.
    let requests = RequestMailbox()

    /// Runs until a request to stop, or until the start fails.
    ///
    /// - Precondition: the `DaemonSignal`s are blocked.
    func run(_ loaded: LoadedConfiguration) throws -> ExitStatus {
        let code = SignalThread.start(postingTo: self.requests)
        guard code == 0 else {
            self.reportExhausted(StartShortage(.threads, needed: 1, available: 0, errorCode: code))
            return .system
        }
        self.warnIfOwnerIsStrange(loaded)
        self.warnIfConnectionsDoNotFit(loaded.configuration)
        self.warnIfStrangersCanTakeEveryPlace(loaded.configuration)
        guard let sockets = self.matchedSockets(to: loaded.configuration.listeners) else { return .configuration }
        let running = RunningRelay(loaded, inheritedSockets: sockets, log: self.log, counts: self.counts)
        self.startStormReports(running)
        self.startLossReports(running)
        guard try self.openRendezvous(running) else { return .system }
        let control: ControlServer?
        do { control = try self.openControl(running) } catch { return .system }
        defer { control?.close() }
        self.reportReady(running)

        self.startWatchdog(of: running.manager)
        let origin = self.keepingStatus(of: running) { self.serveRequests(running, control) }
        running.change { $0.isStopping = true }
        self.reportStopping(running, origin)
        try self.shutDown(running)
        return .success
    }

    /// Opens every listener.
    ///
    /// - Returns: false if a listener could not be opened. The log names it.
    private func openRendezvous(_ running: RunningRelay) throws -> Bool {
        let configuration = running.state.configuration
        self.notifier.status("opening \(configuration.listeners.count) listeners")
        for listener in configuration.listeners {
            do {
                let rendezvous = try self.open(listener, configuration.limits, running).wait()
                let isInherited = running.inheritedSockets[listener.name] != nil
                try self.reportBound(rendezvous, isInherited: isInherited, running)
                running.change { $0.listeners.append(OpenListener(listener, rendezvous)) }
            } catch let error as RendezvousError {
                self.reportUnbound(error)
                return false
            }
        }
        return true
    }

    /// Opens a listener, or takes over its inherited socket.
    ///
    /// - Parameters:
    ///   - isHeld: whether the listener accepts no clients yet.
    ///   - holders: open listeners on the same port, which close afterwards.
    func open(
        _ listener: ListenerSettings,
        _ limits: LimitSettings,
        isHeld: Bool = false,
        replacing holders: [BoundRendezvous] = [],
        _ running: RunningRelay
    ) -> Answer<BoundRendezvous> {
        let inherited = running.inheritedSockets[listener.name]
        return switch listener.transport {
        case .tcp:
            running.manager.openTCPServerRendezvous(
                listener.rendezvous,
                inherited: inherited,
                isHeld: isHeld,
                replacing: holders,
                service: running.relay,
                observers: [running.observer]
            )
        case .udp:
            running.manager.openUDPRendezvous(
                listener.rendezvous,
                inherited: inherited,
                idleTimeout: limits.udpIdleTimeout,
                proof: limits.udpProof,
                isHeld: isHeld,
                replacing: holders,
                service: running.relay,
                observers: [running.observer]
            )
        }
    }

    /// Carries out requests.
    ///
    /// - Returns: the origin of the request to stop.
    private func serveRequests(_ running: RunningRelay, _ control: ControlServer?) -> RequestOrigin {
        while true {
            switch self.requests.take() {
            case .stop(let origin): return origin
            case .reload(let requests):
                control?.check()
                self.reload(running, for: requests)
            }
        }
    }

    /// Closes the listeners, then drains and closes the connections. The event loops run until the process ends.
    private func shutDown(_ running: RunningRelay) throws {
        let start = ContinuousClock.now
        let manager = running.manager
        let state = running.state
        try self.keepingTimeoutExtended(of: manager) {
            for listener in state.listeners { try manager.closeRendezvous(listener.bound).wait() }
            try manager.closeConnections(drain: state.configuration.server.drain).wait()
        }
        self.reportFinished(try manager.registry.counts().wait(), after: .now - start)
    }
}
