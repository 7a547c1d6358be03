import Engine

/// The size in bytes of the length before each TCP payload, as the configuration spells it.
enum HeaderSize: Int, Sendable, CaseIterable {
    case two = 2
    case four = 4

    var framing: Framing {
        switch self {
        case .two: .two
        case .four: .four
        }
    }
}
