/// What it takes to put one configuration in another's place while lobbyd runs.
struct ReloadPlan: Sendable, Equatable {
    /// What is in force once it is carried out: the new one, save for what needs a restart.
    let configuration: Configuration
    let listeners: ListenerPlan
    /// Empty when the two are equal.
    let changes: SettingChanges

    /// - Parameters:
    ///   - inherited: the names of listeners whose sockets the service manager has opened.
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
