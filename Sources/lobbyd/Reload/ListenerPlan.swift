/// What becomes of each listener when a configuration takes another one's place.
///
/// A listener is the same one as before when it has the same transport, address and port, whatever its name: its socket stays
/// open. One with port 0 is known by its name, since the system chose its port.
struct ListenerPlan: Sendable, Equatable {
    struct Kept: Sendable, Equatable {
        let old: ListenerSettings
        let new: ListenerSettings
    }

    private(set) var kept: [Kept] = []
    private(set) var removed: [ListenerSettings] = []
    private(set) var added: [ListenerSettings] = []
    /// Those of the new configuration that can't be opened while the old ones are, which stay as they are.
    private(set) var blocked: [ListenerSettings] = []
    private(set) var blocking: [ListenerSettings] = []

    init(old: [ListenerSettings], new: [ListenerSettings]) {
        var left = old
        var newcomers: [ListenerSettings] = []
        for listener in new {
            if let index = left.firstIndex(where: { $0.identity == listener.identity }) {
                self.kept.append(Kept(old: left.remove(at: index), new: listener))
            } else {
                newcomers.append(listener)
            }
        }
        self.blocking = left.filter { listener in newcomers.contains { $0.collides(with: listener) } }
        self.removed = left.filter { listener in !newcomers.contains { $0.collides(with: listener) } }
        self.blocked = newcomers.filter { listener in left.contains { $0.collides(with: listener) } }
        self.added = newcomers.filter { listener in !left.contains { $0.collides(with: listener) } }
    }

    /// All that are open once it is carried out.
    var listeners: [ListenerSettings] { self.kept.map(\.new) + self.blocking + self.added }

    var changes: SettingChanges {
        var changes = SettingChanges()
        for kept in self.kept {
            var new = kept.new
            changes += Self.table.changes(from: kept.old, to: &new, "listener.\(kept.new.name)")
        }
        changes.live += self.removed.map { old in
            let moved = self.added.first { $0.name == old.name }
            let place = moved.map { "\($0.place), was \(old.place)" } ?? "removed, was \(old.place)"
            return SettingChange("listener.\(old.name)", "\(place); its connections stay")
        }
        for new in self.added where !self.removed.contains(where: { $0.name == new.name }) {
            changes.live.append(SettingChange("listener.\(new.name)", "added, \(new.place)"))
        }
        changes.afterRestart += self.blocked.map { listener in
            let holder = self.blocking.first { $0.collides(with: listener) }
            return SettingChange(
                "listener.\(listener.name).address",
                from: holder?.address.quoted,
                to: listener.address.quoted
            )
        }
        return changes
    }

    private static let table = SettingTable(header: "[[listener]]", keys: ConfigurationSchema.listener)
}

/// What tells a listener from every other.
struct ListenerIdentity: Sendable, Hashable {
    fileprivate let transport: String
    fileprivate let address: ListenAddress?
    fileprivate let port: Int
    /// nil where the port says enough.
    fileprivate let name: String?
}

extension ListenerSettings {
    var identity: ListenerIdentity {
        ListenerIdentity(
            transport: self.transport.rawValue,
            address: ListenAddress(self.address),
            port: self.port,
            name: self.port == 0 ? self.name : nil
        )
    }

    /// Whether the system refuses to have both open.
    fileprivate func collides(with other: ListenerSettings) -> Bool {
        guard self.port != 0, self.port == other.port, self.transport == other.transport,
            let address = ListenAddress(self.address), let otherAddress = ListenAddress(other.address)
        else { return false }
        return address.collides(with: otherAddress)
    }

    fileprivate var place: String { "\(self.transport.rawValue) \(self.address) port \(self.port)" }
}
