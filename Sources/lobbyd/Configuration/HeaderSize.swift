import Engine

/// What stands before each payload over TCP, by its bytes: as the configuration says it.
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
