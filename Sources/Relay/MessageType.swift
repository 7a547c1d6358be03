/// The type of the number at the start of each payload. Routes select datagrams by this number.
///
/// The example in Panda3D's manual starts a payload with a u8. `direct.distributed` starts it with a u16, and some
/// programs send no such number. The bytes on the wire do not show the type, so it is a setting.
public enum MessageType: String, Sendable, CaseIterable {
    case uint8
    case uint16
    case none

    /// The message types that routes can distinguish; nil for `.none`.
    public var values: ClosedRange<Int>? {
        switch self {
        case .uint8: 0...Int(UInt8.max)
        case .uint16: 0...Int(UInt16.max)
        case .none: nil
        }
    }
}
