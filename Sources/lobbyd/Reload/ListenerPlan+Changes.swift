/// The changes of a plan, as operators read them.
extension ListenerPlan {
    var changes: SettingChanges {
        var changes = SettingChanges()
        for kept in self.kept { changes += self.changes(of: kept) }
        changes.live += self.removed.map { old in
            let moved = self.added.first { $0.name == old.name }
            let place = moved.map { "\($0.place), was \(old.place)" } ?? "removed, was \(old.place)"
            return SettingChange("listener.\(old.name)", "\(place); its connections stay")
        }
        for new in self.added where !self.removed.contains(where: { $0.name == new.name }) {
            changes.live.append(SettingChange("listener.\(new.name)", "added, \(new.place)"))
        }
        changes.afterRestart += self.blocked.map(self.change(ofBlocked:))
        return changes
    }

    private func changes(of kept: Kept) -> SettingChanges {
        var new = kept.inForce
        var changes = Self.table.changes(from: kept.old, to: &new, "listener.\(new.name)")
        if self.inherited.contains(new.name) {
            changes.live = changes.live.map { Self.isPlace($0) ? $0.noting("no effect while systemd opens it") : $0 }
        }
        if kept.keepsName {
            changes.afterRestart.append(
                SettingChange("listener.\(new.name).name", from: new.name.quoted, to: kept.new.name.quoted)
            )
        }
        return changes
    }

    private func change(ofBlocked listener: ListenerSettings) -> SettingChange {
        let setting = "listener.\(listener.name)"
        if let holder = self.blocking.first(where: { $0.overlaps(listener) }) {
            return SettingChange("\(setting).address", from: holder.address.quoted, to: listener.address.quoted)
        }
        let namesake = self.listeners.first { $0.name == listener.name }
        return SettingChange(setting, from: namesake?.place, to: listener.place)
    }

    private static func isPlace(_ change: SettingChange) -> Bool {
        change.setting.hasSuffix(".address") || change.setting.hasSuffix(".port")
    }

    private static let table = SettingTable(header: "[[listener]]", keys: ListenerSettings.keys)
}

extension ListenerSettings {
    fileprivate var place: String {
        let only = self.isIPv6Only ? " (IPv6 only)" : ""
        return "\(self.transport.rawValue) \(self.address)\(only) port \(self.port)"
    }
}
