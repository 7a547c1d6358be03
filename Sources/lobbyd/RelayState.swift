import Engine

/// The configuration in force and the open listeners, at one moment.
struct RelayState: Sendable {
    var configuration: Configuration
    /// Whether the configuration is from a file. If it is not, the defaults are in force.
    var isFromFile: Bool
    /// Whether that file had keys.
    var hasKeys = false
    /// The owner of that file, if lobbyd runs as root and that user should not control it.
    var strangeOwner: UInt32?
    /// The names of the listeners whose sockets the service manager opened.
    var inherited: Set<String> = []
    var listeners: [OpenListener] = []
    /// Removed UDP listeners. Each keeps its socket until its last connection closes.
    var leaving: [ListenerIdentity: BoundRendezvous] = [:]
    var lastReload: ReloadRecord?
    /// Whether lobbyd is draining or has drained.
    var isStopping = false
}

/// A listener whose socket is open.
struct OpenListener: Sendable {
    let settings: ListenerSettings
    let bound: BoundRendezvous

    /// - Parameter bound: the listener's socket. It may have been opened with other settings.
    init(_ settings: ListenerSettings, _ bound: BoundRendezvous) {
        self.settings = settings
        self.bound = bound.becoming(settings.rendezvous)
    }
}

extension RelayState {
    /// The sockets of the open listeners, and of the removed ones, whose sockets may already be closed.
    var rendezvous: [BoundRendezvous] { self.listeners.map(\.bound) + self.leaving.values }

    func identity(_ settings: ListenerSettings) -> ListenerIdentity {
        settings.identity(inherited: self.inherited)
    }

    func listeners(removedBy plan: ReloadPlan) -> [OpenListener] {
        let removed = Set(plan.listeners.removed.map(self.identity))
        return self.listeners.filter { removed.contains(self.identity($0.settings)) }
    }

    /// The UDP listeners that `plan` replaces with others on the same port.
    func listeners(givingWayIn plan: ReloadPlan) -> [OpenListener] {
        self.listeners(removedBy: plan).filter { old in
            old.settings.transport == .udp && plan.listeners.added.contains { $0.overlaps(old.settings) }
        }
    }

    /// The listeners that were also open in an earlier state, with another receive buffer.
    func listeners(withOtherReceiveBufferThan earlier: RelayState) -> [OpenListener] {
        let before = earlier.listeners.map { (self.identity($0.settings), $0.settings.receiveBuffer) }
        return self.listeners.filter { listener in
            let identity = self.identity(listener.settings)
            return before.contains { $0.0 == identity && $0.1 != listener.settings.receiveBuffer }
        }
    }

    /// The removed UDP listeners whose sockets, if still open, block the address of `rendezvous`.
    func leaving(inTheWayOf rendezvous: Rendezvous) -> [BoundRendezvous] {
        guard rendezvous.transport == .udp, let address = rendezvous.listenAddress else { return [] }
        return self.leaving.values.filter { bound in
            bound.address.port == rendezvous.port && bound.rendezvous.listenAddress?.overlaps(address) == true
        }
    }

    /// The state after `plan` is carried out.
    ///
    /// - Parameter opened: the listeners that the plan adds.
    func following(_ plan: ReloadPlan, opened: [OpenListener]) -> RelayState {
        var next = self
        next.configuration = plan.configuration
        let open = Dictionary(uniqueKeysWithValues: (self.listeners + opened).map { (self.identity($0.settings), $0) })
        next.listeners = plan.configuration.listeners.map { settings in
            guard let listener = open[self.identity(settings)] else {
                preconditionFailure("a listener of the plan that is not open")
            }
            return OpenListener(settings, listener.bound)
        }
        for listener in self.listeners(removedBy: plan) where listener.settings.transport == .udp {
            next.leaving[self.identity(listener.settings)] = listener.bound
        }
        for listener in opened { next.leaving[self.identity(listener.settings)] = nil }
        return next
    }
}
