import Engine
import Glibc
import Logging
import Systemd

/// Reloads the configuration while connections stay open.
extension Daemon {
    func reload(_ running: RunningRelay, for requests: [ReloadRequest]) {
        self.notifier.reloading(status: "reloading the configuration")
        let origins = requests.map(\.origin)
        let outcome = self.outcome(running, askedBy: origins) { try self.reload(running, askedBy: origins) }
        running.change { $0.lastReload = ReloadRecord(at: .now, outcome: outcome) }
        self.notifier.ready(status: running.status)
        // The service manager runs `lobbyctl reload` and waits for it. So it must learn that the reload has ended
        // before `lobbyctl` gets the answer.
        self.notifier.flush()
        for request in requests { request.answer?(outcome) }
    }

    /// Returns the outcome of `reload`. If it throws, the log reports that the configuration was rejected.
    func outcome(
        _ running: RunningRelay,
        askedBy origins: [RequestOrigin],
        of reload: () throws -> ReloadOutcome
    ) -> ReloadOutcome {
        do {
            return try reload()
        } catch let error as ConfigurationError {
            self.reportRejected(error, askedBy: origins)
            return .rejected(problems: error.problems.map(\.description))
        } catch {
            let problem = self.problem(error, running)
            self.reportRejected(problem, askedBy: origins)
            return .rejected(problems: [problem])
        }
    }

    private func problem(_ error: any Error, _ running: RunningRelay) -> String {
        guard let error = error as? RendezvousError else {
            return "the reload failed: \(error); part of the new configuration may be in force; restart lobbyd"
        }
        return error.description + Self.obstacle(to: error, running)
    }

    private func reload(_ running: RunningRelay, askedBy origins: [RequestOrigin]) throws -> ReloadOutcome {
        try self.forgetListenersThatLeft(running)
        let state = running.state
        let loaded = try self.source.load(isKnown: state.isFromFile, hadKeys: state.hasKeys)
        try self.checkSockets(for: loaded)
        let plan = try self.carryOut(loaded.configuration, running)
        running.change {
            $0.configuration = plan.configuration
            $0.isFromFile = loaded.isFromFile
            $0.hasKeys = loaded.hasKeys
            $0.strangeOwner = loaded.strangeOwner
        }
        self.warnIfOwnerIsStrange(loaded, before: state.strangeOwner)
        self.changeLogLevel(from: state.configuration.log.level, to: plan.configuration.log.level) {
            self.reportReloaded(plan.changes, askedBy: origins)
        }
        if state.configuration.limits.connections != plan.configuration.limits.connections {
            self.warnIfConnectionsDoNotFit(plan.configuration)
        }
        self.warnIfStrangersCanTakeEveryPlace(plan.configuration, before: state.configuration)
        for listener in running.state.listeners(withOtherReceiveBufferThan: state) {
            self.warnIfReceiveBufferIsSmall(listener.bound)
        }
        return .applied(
            changes: plan.changes.live.map(\.description),
            needsRestart: plan.changes.afterRestart.map(\.description)
        )
    }

    /// The end of the error text. It names the removed listener that blocks the port, and is empty if another program
    /// blocks the port.
    private static func obstacle(to error: RendezvousError, _ running: RunningRelay) -> String {
        guard error.errorCode == EADDRINUSE else { return "" }
        let obstacle = running.state.leaving(inTheWayOf: error.rendezvous).first { bound in
            (try? running.manager.isKept(bound).wait()) == true
        }
        guard let obstacle else { return "" }
        let name = obstacle.rendezvous.name
        return "; the removed listener \"\(name)\" keeps the port until its connections close"
    }

    private func carryOut(_ new: Configuration, _ running: RunningRelay) throws -> ReloadPlan {
        let old = running.state.configuration
        let inherited = running.state.inherited
        let wanted = ReloadPlan(old: old, new: new, inherited: inherited)
        let leaving = try self.hold(running.state.listeners(givingWayIn: wanted), running)
        let plan = ReloadPlan(old: old, new: new, inherited: inherited, busy: leaving.busy)
        do {
            try self.carryOut(plan, running)
        } catch {
            for bound in leaving.held { try running.manager.acceptClients(on: bound).wait() }
            throw error
        }
        let staying = Set(plan.listeners.blocking.map(\.name))
        for bound in leaving.held where staying.contains(bound.rendezvous.name) {
            try running.manager.acceptClients(on: bound).wait()
        }
        return plan
    }

    /// Holds the UDP listeners that other listeners will replace. A held listener opens no more connections.
    ///
    /// - Returns: the held listeners, which have no connections; and the names of the others, which have connections
    ///   and stay.
    private func hold(
        _ listeners: [OpenListener],
        _ running: RunningRelay
    ) throws -> (held: [BoundRendezvous], busy: Set<String>) {
        var held: [BoundRendezvous] = []
        var busy: Set<String> = []
        for listener in listeners {
            if try running.manager.holdUnusedRendezvous(listener.bound).wait() {
                held.append(listener.bound)
            } else {
                busy.insert(listener.settings.name)
            }
        }
        return (held, busy)
    }

    /// Binds the new listeners first, because binding can fail, and lets them accept clients last. Removed listeners
    /// stop accepting before the rest changes. So no client meets a mixture of both configurations.
    private func carryOut(_ plan: ReloadPlan, _ running: RunningRelay) throws {
        let opened = try self.openHeld(plan, running)
        let retired = running.state.listeners(removedBy: plan).map { listener in
            let isSucceeded = plan.listeners.added.contains { $0.overlaps(listener.settings) }
            return running.manager.retireRendezvous(listener.bound, isSucceeded: isSucceeded)
        }
        for each in retired { try each.wait() }
        try self.update(opened, plan, running)
        try self.warnIfBacklogsAreCut(by: plan, running)
        for listener in opened {
            try running.manager.acceptClients(on: listener.bound).wait()
            // A listener with an inherited socket is open from startup on, and no reload opens it.
            try self.reportBound(listener.bound, isInherited: false, running)
        }
    }

    /// Opens the new listeners, which accept no clients yet.
    ///
    /// - Throws: `RendezvousError` if a listener cannot be opened. The method has then closed the other new listeners.
    private func openHeld(_ plan: ReloadPlan, _ running: RunningRelay) throws -> [OpenListener] {
        let removed = running.state.listeners(removedBy: plan)
        var opened: [OpenListener] = []
        do {
            for settings in plan.listeners.added {
                let limits = plan.configuration.limits
                let holders = removed.filter { $0.settings.overlaps(settings) }.map(\.bound)
                let bound =
                    try self.heldAgain(settings, running)
                    ?? self.open(settings, limits, isHeld: true, replacing: holders, running).wait()
                opened.append(OpenListener(settings, bound))
            }
        } catch {
            for listener in opened { try running.manager.closeRendezvous(listener.bound).wait() }
            throw error
        }
        return opened
    }

    /// Forgets the removed listeners whose last connection has closed.
    private func forgetListenersThatLeft(_ running: RunningRelay) throws {
        let left = try running.state.leaving.mapValues(running.manager.isKept).filter { try !$0.value.wait() }
        running.change { state in
            for identity in left.keys { state.leaving[identity] = nil }
        }
    }

    /// Takes back the socket of a listener that an earlier reload removed, if it is still open for its connections.
    private func heldAgain(_ settings: ListenerSettings, _ running: RunningRelay) throws -> BoundRendezvous? {
        guard let bound = running.state.leaving[running.state.identity(settings)] else { return nil }
        return try running.manager.holdRendezvous(bound).wait() ? bound : nil
    }

    /// Switches every event loop to the new configuration.
    private func update(_ opened: [OpenListener], _ plan: ReloadPlan, _ running: RunningRelay) throws {
        let next = running.state.following(plan, opened: opened)
        let relay = running.relay
        let routers = plan.configuration.routers(running.manager.eventLoopCount)
        let update = ManagerUpdate(
            limits: next.configuration.engineLimits,
            coalesce: next.configuration.relay.coalesce,
            rendezvous: next.rendezvous,
            udpIdleTimeout: next.configuration.limits.udpIdleTimeout,
            udpProof: next.configuration.limits.udpProof
        ) { index in relay.use(routers[index], onEventLoop: index) }
        try running.manager.update(update).wait()
        running.change { $0 = next }
    }

    /// Changes the level so that the lines of `body` are logged at the more verbose of the two levels.
    private func changeLogLevel(from old: Logger.Level, to new: Logger.Level, _ body: () -> Void) {
        if new < old { self.logLevel.configure(new) }
        body()
        if new > old { self.logLevel.configure(new) }
    }
}
