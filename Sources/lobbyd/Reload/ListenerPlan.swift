/// The changes to the listeners in a reload: which ones are kept, removed, added or blocked.
///
/// A listener with the same transport, address and port as before is the same listener, whatever its name, and its
/// socket stays open. If the port is 0, so that the system chooses one, or if the service manager opened the socket,
/// the name identifies the listener.
struct ListenerPlan: Sendable, Equatable {
    struct Kept: Sendable, Equatable {
        let old: ListenerSettings
        let new: ListenerSettings
        /// Whether the listener keeps its old name, because another listener still has the new one.
        var keepsName = false

        var inForce: ListenerSettings {
            var settings = self.new
            if self.keepsName { settings.name = self.old.name }
            return settings
        }

        fileprivate var isRenamed: Bool { self.inForce.name != self.old.name }
    }

    /// The names of the listeners whose sockets the service manager opened.
    let inherited: Set<String>
    private(set) var kept: [Kept] = []
    private(set) var removed: [ListenerSettings] = []
    private(set) var added: [ListenerSettings] = []
    /// New listeners that cannot open, because an open listener keeps their address or their name.
    private(set) var blocked: [ListenerSettings] = []
    /// Old listeners that stay open, for their connections or because their successors are blocked.
    private(set) var blocking: [ListenerSettings] = []

    /// - Parameter busy: the names of old UDP listeners that must keep their sockets for open connections.
    init(
        old: [ListenerSettings],
        new: [ListenerSettings],
        inherited: Set<String> = [],
        busy: Set<String> = []
    ) {
        self.inherited = inherited
        var left = old
        var newcomers: [ListenerSettings] = []
        for listener in new {
            let identity = listener.identity(inherited: inherited)
            if let index = left.firstIndex(where: { $0.identity(inherited: inherited) == identity }) {
                self.kept.append(Kept(old: left.remove(at: index), new: listener))
            } else {
                newcomers.append(listener)
            }
        }
        self.blocking = left.filter { old in
            busy.contains(old.name) && newcomers.contains { $0.overlaps(old) }
        }
        repeat {
            let (heldNames, blocking) = (self.holdNames(), self.blocking)
            self.blocked = newcomers.filter { listener in
                heldNames.contains(listener.name) || blocking.contains { $0.overlaps(listener) }
            }
        } while self.blockMore(of: left)
        let (blocked, blocking) = (self.blocked, self.blocking)
        self.removed = left.filter { !blocking.contains($0) }
        self.added = newcomers.filter { !blocked.contains($0) }
    }

    /// Keeps the old listeners whose successors are blocked.
    ///
    /// - Returns: whether it kept one more.
    private mutating func blockMore(of old: [ListenerSettings]) -> Bool {
        let more = old.filter { listener in
            !self.blocking.contains(listener) && self.blocked.contains { $0.overlaps(listener) }
        }
        self.blocking += more
        return !more.isEmpty
    }

    /// The listeners that are open after the plan is carried out.
    var listeners: [ListenerSettings] { self.kept.map(\.inForce) + self.blocking + self.added }

    /// Reserves the names of the blocking listeners, and the old names of kept listeners whose new name is reserved.
    ///
    /// - Returns: the reserved names, which no added listener can have yet.
    private mutating func holdNames() -> Set<String> {
        var held = Set(self.blocking.map(\.name))
        while let index = self.kept.firstIndex(where: { $0.isRenamed && held.contains($0.new.name) }) {
            self.kept[index].keepsName = true
            held.insert(self.kept[index].old.name)
        }
        return held
    }
}
