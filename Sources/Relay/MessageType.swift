/// What a payload begins with: the number that routes are made of.
///
/// The manual's own example starts a payload with a u8, `direct.distributed` with a u16, some programs with nothing; the
/// wire does not say which, so it is a setting.
public enum MessageType: String, Sendable, CaseIterable {
    case uint8
    case uint16
    case none

    /// The types that can be told apart; empty when there is none.
    public var values: ClosedRange<Int>? {
        switch self {
        case .uint8: 0...Int(UInt8.max)
        case .uint16: 0...Int(UInt16.max)
        case .none: nil
        }
    }
}
