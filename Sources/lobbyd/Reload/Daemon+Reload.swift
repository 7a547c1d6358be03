import Engine
import Glibc
import Logging
import Systemd

/// Putting another configuration in force while connections live on.
extension Daemon {
    func reload(_ running: RunningRelay, for requests: [ReloadRequest]) {
        self.notifier.reloading(status: "reloading the configuration")
        let origins = requests.map(\.origin)
        let outcome = self.outcome(running, askedBy: origins) { try self.reload(running, askedBy: origins) }
        running.change { $0.lastReload = ReloadRecord(at: .now, outcome: outcome) }
        self.notifier.ready(status: running.status)
        // A manager that waits for the answer has heard by then that the reload is over, if it listens at all.
        self.notifier.flush()
        for request in requests { request.answer?(outcome) }
    }

    /// What comes of a reload; when it throws, the log says that it was rejected.
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

    /// What a listener that can't be opened has in its way, where that is one of ours; otherwise empty.
    private static func obstacle(to error: RendezvousError, _ running: RunningRelay) -> String {
        guard error.errorCode == EADDRINUSE else { return "" }
        let obstacle = running.state.leaving(inTheWayOf: error.rendezvous).first { bound in
            (try? running.manager.isKept(bound).wait()) == true
        }
        guard let obstacle else { return "" }
        let name = obstacle.rendezvous.name
        return "; listener \"\(name)\", which was removed, keeps the port until its connections have ended"
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

    /// Lets no further address connect to a UDP listener that is to give way to another one.
    ///
    /// - Returns: those that have no connection, and the names of those that have and stay.
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

    /// Binds first, since that can fail, but takes no clients there until the rest has changed; and none any more where
    /// they are not wanted before it does. So no client of either kind meets a mixture.
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
            // A listener with an inherited socket is there from the start to the end.
            try self.reportBound(listener.bound, isInherited: false, running)
        }
    }

    /// - Throws: `RendezvousError`, with nothing opened, when one can't be.
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

    /// Those that an earlier reload removed and whose last connection has ended since.
    private func forgetListenersThatLeft(_ running: RunningRelay) throws {
        let left = try running.state.leaving.mapValues(running.manager.isKept).filter { try !$0.value.wait() }
        running.change { state in
            for identity in left.keys { state.leaving[identity] = nil }
        }
    }

    /// A listener that an earlier reload removed and whose socket is still there for its connections.
    private func heldAgain(_ settings: ListenerSettings, _ running: RunningRelay) throws -> BoundRendezvous? {
        guard let bound = running.state.leaving[running.state.identity(settings)] else { return nil }
        return try running.manager.holdRendezvous(bound).wait() ? bound : nil
    }

    /// The moment in which each event loop changes.
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

    /// What is logged meanwhile counts for the level that shows more.
    private func changeLogLevel(from old: Logger.Level, to new: Logger.Level, _ body: () -> Void) {
        if new < old { self.logLevel.configure(new) }
        body()
        if new > old { self.logLevel.configure(new) }
    }
}
