import Logging
import PandaNet

/// The backlogs that the system keeps, beside those that the configuration asks for.
extension Daemon {
    /// - Parameter isInherited: the service manager has opened the socket.
    func reportBound(_ bound: BoundRendezvous, isInherited: Bool, _ running: RunningRelay) throws {
        let backlog = try running.manager.backlogInForce(of: bound).wait()
        self.reportBound(bound, backlog: backlog ?? bound.rendezvous.backlog, isInherited: isInherited)
        self.warnIfBacklogIsCut(backlog, of: bound)
    }

    /// Looks at the listeners that a reload has kept with another backlog.
    func warnIfBacklogsAreCut(by plan: ReloadPlan, _ running: RunningRelay) throws {
        let changed = plan.listeners.kept.filter { $0.old.backlog != $0.new.backlog }.map(\.inForce.name)
        for listener in running.state.listeners where changed.contains(listener.settings.name) {
            let backlog = try running.manager.backlogInForce(of: listener.bound).wait()
            self.warnIfBacklogIsCut(backlog, of: listener.bound)
        }
    }

    private func warnIfBacklogIsCut(_ backlog: Int?, of bound: BoundRendezvous) {
        guard let backlog, backlog < bound.rendezvous.backlog else { return }
        self.log.warning(
            "listener.backlog",
            metadata: [
                "listener": "\(bound.rendezvous.name)",
                "backlog": .stringConvertible(backlog),
                "requested": .stringConvertible(bound.rendezvous.backlog),
            ]
        )
    }
}
