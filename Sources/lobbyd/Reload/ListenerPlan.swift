/// What becomes of each listener when a configuration takes another one's place.
///
/// A listener is the same one as before when it has the same transport, address and port, whatever its name: its socket stays
/// open. One with port 0 is known by its name, since the system chose its port, and so is one whose socket the service manager
/// has opened.
struct ListenerPlan: Sendable, Equatable {
    struct Kept: Sendable, Equatable {
        let old: ListenerSettings
        let new: ListenerSettings
        /// It is to be called as `new` is, and another listener still is.
        var keepsName = false

        var inForce: ListenerSettings {
            var settings = self.new
            if self.keepsName { settings.name = self.old.name }
            return settings
        }

        fileprivate var isRenamed: Bool { self.inForce.name != self.old.name }
    }

    /// The names of listeners whose sockets the service manager has opened.
    let inherited: Set<String>
    private(set) var kept: [Kept] = []
    private(set) var removed: [ListenerSettings] = []
    private(set) var added: [ListenerSettings] = []
    /// Those of the new configuration that can't be opened while the old ones are, which stay as they are.
    private(set) var blocked: [ListenerSettings] = []
    private(set) var blocking: [ListenerSettings] = []

    /// - Parameter busy: the names of old listeners that must keep their sockets, for connections over UDP.
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

    /// A listener whose successor is blocked stays too.
    ///
    /// - Returns: whether there were such.
    private mutating func blockMore(of old: [ListenerSettings]) -> Bool {
        let more = old.filter { listener in
            !self.blocking.contains(listener) && self.blocked.contains { $0.overlaps(listener) }
        }
        self.blocking += more
        return !more.isEmpty
    }

    /// All that are open once it is carried out.
    var listeners: [ListenerSettings] { self.kept.map(\.inForce) + self.blocking + self.added }

    /// - Returns: the names that nobody else can have yet: of listeners that stay, and of those that must keep theirs for it.
    private mutating func holdNames() -> Set<String> {
        var held = Set(self.blocking.map(\.name))
        while let index = self.kept.firstIndex(where: { $0.isRenamed && held.contains($0.new.name) }) {
            self.kept[index].keepsName = true
            held.insert(self.kept[index].old.name)
        }
        return held
    }
}
