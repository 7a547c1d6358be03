extension DaemonEvent {
    /// Every event, in the order of the documents.
    static let all =
        Self.lifecycle + Self.listeners + Self.connections + Self.limits + Self.reloads + Self.control + Self.logging

    /// The `MESSAGE_ID` of each event, by its name.
    static var messageIDs: [String: String] {
        Dictionary(uniqueKeysWithValues: Self.all.map { ($0.name, $0.id) })
    }
}
