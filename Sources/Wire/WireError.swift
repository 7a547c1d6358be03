/// A field that cannot be read from a datagram or added to it.
///
/// A failed call leaves the datagram and the iterator unchanged.
public enum WireError: Error, Sendable, Equatable {
    /// A read of `wanted` bytes at `position`, where only `left` bytes remain.
    ///
    /// `position` counts from the start of the datagram. For a field with a count, it is the start of the incomplete
    /// part. For example, it is the position after the count if a string's text is cut off. `wanted` is negative if the
    /// caller passed a negative number.
    case outOfBounds(position: Int, wanted: Int, left: Int)
    /// A string or blob of `byteCount` bytes, whose count field can express at most `byteCountMax`.
    case tooLong(byteCount: Int, byteCountMax: Int)
    /// The text whose bytes begin at `position` is not UTF-8.
    case notUTF8(position: Int)
    /// The text whose units begin at `position` is not UTF-16: half of a surrogate pair stands alone.
    case notUTF16(position: Int)
}

extension WireError: CustomStringConvertible {
    /// One sentence, with the numbers of this case.
    public var description: String {
        switch self {
        case .outOfBounds(let position, let wanted, let left):
            "Cannot read \(Self.bytes(wanted)) at position \(position): \(Self.bytes(left)) left in the datagram."
        case .tooLong(let byteCount, let byteCountMax):
            "Cannot add \(Self.bytes(byteCount)): the count before them allows at most \(byteCountMax)."
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
