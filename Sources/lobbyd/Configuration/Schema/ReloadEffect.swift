/// When a new value of a key counts, once lobbyd has read its file again.
enum ReloadEffect: Sendable {
    case atOnce
    /// For those that open after it; the listener's socket stays open.
    case newConnections
    /// The listener is another one: see `ListenerPlan`.
    case anotherPort
    /// A reload leaves the key as it is.
    case needsRestart

    /// For operators, a sentence.
    var text: String {
        switch self {
        case .atOnce: "A reload changes it at once."
        case .newConnections: "A reload changes it for new connections."
        case .anotherPort: "A reload opens another port in place of this one; connections stay."
        case .needsRestart: "A change needs a restart."
        }
    }
}
