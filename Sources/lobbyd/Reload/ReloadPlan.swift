/// The changes from one configuration to another while lobbyd runs.
struct ReloadPlan: Sendable, Equatable {
    /// The configuration in force afterwards: the new one, except for the settings that need a restart.
    let configuration: Configuration
    let listeners: ListenerPlan
    /// Empty if both are equal.
    let changes: SettingChanges

    /// - Parameters:
    ///   - inherited: the names of the listeners whose sockets the service manager opened.
    ///   - busy: as in `ListenerPlan`.
    init(old: Configuration, new: Configuration, inherited: Set<String> = [], busy: Set<String> = []) {
        var inForce = new
        self.listeners = ListenerPlan(old: old.listeners, new: new.listeners, inherited: inherited, busy: busy)
        var changes = self.listeners.changes
        for section in ConfigurationSchema.sections where section.name != "listener" {
            changes += section.changes(old, &inForce)
        }
        inForce.listeners = self.listeners.listeners
        self.configuration = inForce
        self.changes = changes
    }
}
