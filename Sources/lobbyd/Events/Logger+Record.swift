import Logging

extension Logger {
    /// Logs an event.
    ///
    /// A debug build stops at an event, a level or a field that `DaemonEvent` does not describe.
    ///
    /// - Parameter level: one of the event's other levels; nil is its usual level.
    func record(
        _ event: DaemonEvent,
        at level: Logger.Level? = nil,
        metadata: @autoclosure () -> Logger.Metadata = [:],
        file: String = #fileID,
        function: String = #function,
        line: UInt = #line
    ) {
        let level = level ?? event.level
        assert(DaemonEvent.all.contains(event), "\(event.name) is missing from the list of its area")
        assert(event.isLogged(at: level), "\(event.name) is not described at the level \(level)")
        self.log(
            level: level,
            "\(event.name)",
            metadata: event.checked(metadata()),
            file: file,
            function: function,
            line: line
        )
    }
}

extension DaemonEvent {
    fileprivate func checked(_ metadata: Logger.Metadata) -> Logger.Metadata {
        assert(
            self.hasCounters || metadata.keys.allSatisfy(self.fields.contains),
            "\(self.name) has a field that is not described: \(metadata.keys.sorted())"
        )
        return metadata
    }
}
