/// Cuts a stream of bytes into lines, and holds no more than one that is too long by a read.
public struct LineBuffer: Sendable {
    public struct TooLong: Error, Equatable {}

    private let bytesMax: Int
    private var bytes: [UInt8] = []
    /// Up to here there is no line break.
    private var searched = 0

    /// - Parameter bytesMax: of a line, its break included.
    public init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Whether there is a part of a line that has not ended.
    public var isEmpty: Bool { self.bytes.isEmpty }

    public mutating func append(_ bytes: some Sequence<UInt8>) {
        self.bytes += bytes
    }

    /// Takes the next whole line, without its break; nil while there is none.
    ///
    /// - Throws: when it is longer than allowed, whether it has ended or not. Nothing after it makes sense.
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
