/// The effect of a reload on a key whose value has changed.
enum ReloadEffect: Sendable {
    case atOnce
    /// Applies to connections that open afterwards. The listener's socket stays open.
    case newConnections
    /// Makes it a different listener: see `ListenerPlan`.
    case anotherPort
    /// A reload leaves the key unchanged.
    case needsRestart

    /// A sentence for operators.
    var text: String {
        switch self {
        case .atOnce: "A reload changes it at once."
        case .newConnections: "A reload changes it for new connections."
        case .anotherPort: "A reload opens another port in place of this one; connections stay."
        case .needsRestart: "A change needs a restart."
        }
    }
}
