/// Splits a stream of bytes into lines. `append` has no limit: before each `append`, call `next` until it returns
/// nil. The buffer then holds at most one unfinished line and the appended bytes.
public struct LineBuffer: Sendable {
    public struct TooLong: Error, Equatable {}

    private let bytesMax: Int
    private var bytes: [UInt8] = []
    /// The bytes before this index contain no line break.
    private var searched = 0

    /// Makes an empty buffer.
    ///
    /// - Parameter bytesMax: the limit for a line, with its line break.
    public init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Whether no unfinished line is left.
    public var isEmpty: Bool { self.bytes.isEmpty }

    public mutating func append(_ bytes: some Sequence<UInt8>) {
        self.bytes += bytes
    }

    /// Takes the next complete line, without its line break; nil when there is none yet.
    ///
    /// - Throws: `TooLong` when the line exceeds the limit, complete or not. The stream is unusable afterwards.
    public mutating func next() throws(TooLong) -> [UInt8]? {
        guard let end = self.bytes[self.searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            self.searched = self.bytes.count
            guard self.bytes.count < self.bytesMax else { throw TooLong() }
            return nil
        }
        guard end < self.bytesMax else { throw TooLong() }
        let line = Array(self.bytes[..<end])
        self.bytes.removeSubrange(...end)
        self.searched = 0
        return line
    }
}
