import Engine

/// What is in force and what is open, at one moment.
struct RelayState: Sendable {
    var configuration: Configuration
    /// The configuration is that of a file, not the defaults.
    var isFromFile: Bool
    /// That file had keys.
    var hasKeys = false
    /// The owner of that file, when this process is root and should not obey that user.
    var strangeOwner: UInt32?
    /// The listeners whose sockets the service manager has opened, by name.
    var inherited: Set<String> = []
    var listeners: [OpenListener] = []
    /// UDP listeners that were removed: each keeps its socket until its last connection has left.
    var leaving: [ListenerIdentity: BoundRendezvous] = [:]
    var lastReload: ReloadRecord?
    /// It drains, or has.
    var isStopping = false
}

/// A listener whose socket is open.
struct OpenListener: Sendable {
    let settings: ListenerSettings
    let bound: BoundRendezvous

    /// - Parameter bound: may be the socket of a listener with other settings.
    init(_ settings: ListenerSettings, _ bound: BoundRendezvous) {
        self.settings = settings
        self.bound = bound.becoming(settings.rendezvous)
    }
}

extension RelayState {
    /// Every socket that is open, or may be.
    var rendezvous: [BoundRendezvous] { self.listeners.map(\.bound) + self.leaving.values }

    func identity(_ settings: ListenerSettings) -> ListenerIdentity {
        settings.identity(inherited: self.inherited)
    }

    func listeners(removedBy plan: ReloadPlan) -> [OpenListener] {
        let removed = Set(plan.listeners.removed.map(self.identity))
        return self.listeners.filter { removed.contains(self.identity($0.settings)) }
    }

    /// The listeners over UDP that `plan` removes and others take the place of.
    func listeners(givingWayIn plan: ReloadPlan) -> [OpenListener] {
        self.listeners(removedBy: plan).filter { old in
            old.settings.transport == .udp && plan.listeners.added.contains { $0.overlaps(old.settings) }
        }
    }

    /// The listeners that were open in an earlier state too, with another receive buffer.
    func listeners(withOtherReceiveBufferThan earlier: RelayState) -> [OpenListener] {
        let before = earlier.listeners.map { (self.identity($0.settings), $0.settings.receiveBuffer) }
        return self.listeners.filter { listener in
            let identity = self.identity(listener.settings)
            return before.contains { $0.0 == identity && $0.1 != listener.settings.receiveBuffer }
        }
    }

    /// The removed listeners whose sockets, as far as they are still there, are in the way of another one.
    func leaving(inTheWayOf rendezvous: Rendezvous) -> [BoundRendezvous] {
        guard rendezvous.transport == .udp, let address = rendezvous.listenAddress else { return [] }
        return self.leaving.values.filter { bound in
            bound.address.port == rendezvous.port && bound.rendezvous.listenAddress?.overlaps(address) == true
        }
    }

    /// What is in force once `plan` is carried out.
    ///
    /// - Parameter opened: the listeners that it adds.
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
