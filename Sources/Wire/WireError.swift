/// What a datagram could not be asked: a read that its bytes do not allow, or a text that a count cannot say.
///
/// A failed call leaves the datagram and the iterator as they were.
public enum WireError: Error, Sendable, Equatable {
    /// A read of `wanted` bytes at `position`, where only `left` bytes are left.
    ///
    /// `position` counts from the start of the datagram. Within a counted field it is that of the part that is missing:
    /// for a string cut short in its text, the position after its count. `wanted` is negative when that is what the
    /// caller asked for.
    case outOfBounds(position: Int, wanted: Int, left: Int)
    /// A string or blob of `byteCount` bytes, where its count can say `byteCountMax` at most.
    case tooLong(byteCount: Int, byteCountMax: Int)
    /// The text whose bytes begin at `position` is not UTF-8.
    case notUTF8(position: Int)
    /// The text whose units begin at `position` is not UTF-16: half a surrogate pair stands alone.
    case notUTF16(position: Int)
}

extension WireError: CustomStringConvertible {
    /// One sentence, with the figures of the case.
    public var description: String {
        switch self {
        case .outOfBounds(let position, let wanted, let left):
            "Cannot read \(Self.bytes(wanted)) at position \(position): \(Self.bytes(left)) left in the datagram."
        case .tooLong(let byteCount, let byteCountMax):
            "Cannot add \(Self.bytes(byteCount)) behind a count that can say \(byteCountMax) at most."
        case .notUTF8(let position):
            "The text at position \(position) is not UTF-8."
        case .notUTF16(let position):
            "The text at position \(position) is not UTF-16."
        }
    }

    private static func bytes(_ count: Int) -> String {
        count == 1 ? "1 byte" : "\(count) bytes"
    }
}
