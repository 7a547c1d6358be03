/// The effect of a reload on a key whose value has changed.
enum ReloadEffect: Sendable {
    case atOnce
    /// Applies to connections that open afterwards. The listener's socket stays open.
    case newConnections
    /// Replaces the listener by one with another port: see `ListenerPlan`.
    case anotherPort
    /// A reload leaves the key unchanged.
    case needsRestart

    /// A sentence for operators.
    var text: String {
        switch self {
        case .atOnce: "A reload applies it at once."
        case .newConnections: "A reload applies it to new connections."
        case .anotherPort: "A reload replaces the port; connections stay open."
        case .needsRestart: "A change needs a restart."
        }
    }
}
