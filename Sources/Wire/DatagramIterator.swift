/// Reads a datagram field by field, in the order in which it was written: Panda3D's
/// `DatagramIterator` (`datagramIterator.I`, `datagramIterator.cxx`).
///
/// There is one `get…` for each `add…` of `Datagram`. Reading past the end throws `WireError.outOfBounds`, where
/// Panda3D has an assertion. A `get…` that throws leaves the current index as it was, and no content of a datagram
/// traps.
///
/// The iterator keeps the datagram as it was given: later changes to the variable it came from do not reach it.
public struct DatagramIterator: Sendable {
    /// What is read.
    public let datagram: Datagram
    /// Never outside `0...datagram.byteCount`.
    @usableFromInline
    var index: Int

    /// Reads from the first byte on.
    @inlinable
    public init(_ datagram: Datagram) {
        self.datagram = datagram
        self.index = 0
    }

    /// Reads from `offset` on, in bytes from the start. The end of the datagram is a legal place to start.
    ///
    /// - Throws: `WireError.outOfBounds` for an offset that is negative or behind the end.
    @inlinable
    public init(_ datagram: Datagram, offset: Int) throws(WireError) {
        self.init(datagram)
        try self.skipBytes(offset)
    }

    /// Where the next `get…` reads, in bytes from the start of the datagram.
    @inlinable
    public func getCurrentIndex() -> Int { self.index }

    /// How many bytes there are from the current index to the end.
    @inlinable
    public func getRemainingSize() -> Int { self.datagram.byteCount - self.index }

    /// A copy of the bytes from the current index to the end. The index stays where it is.
    @inlinable
    public func getRemainingBytes() -> [UInt8] {
        self.bytes(in: self.index..<self.datagram.byteCount)
    }

    /// Moves the current index over `byteCount` bytes.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public mutating func skipBytes(_ byteCount: Int) throws(WireError) {
        self.index = try self.range(of: byteCount, at: self.index).upperBound
    }

    /// The next `byteCount` bytes as they are.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public mutating func extractBytes(_ byteCount: Int) throws(WireError) -> [UInt8] {
        let range = try self.range(of: byteCount, at: self.index)
        self.index = range.upperBound
        return self.bytes(in: range)
    }

    /// The place of `byteCount` bytes from `start` on, if they are all there.
    ///
    /// `byteCount` may be whatever a peer wrote; `start` must be in the datagram or at its end.
    @inlinable
    func range(of byteCount: Int, at start: Int) throws(WireError) -> Range<Int> {
        let left = self.datagram.byteCount - start
        guard 0 <= byteCount, byteCount <= left else {
            throw .outOfBounds(position: start, wanted: byteCount, left: left)
        }
        return start..<start + byteCount
    }

    @inlinable
    func bytes(in range: Range<Int>) -> [UInt8] {
        Array(self.view(of: range))
    }

    @inlinable
    func view(of range: Range<Int>) -> ArraySlice<UInt8> {
        let start = self.datagram.range.lowerBound
        return self.datagram.storage[start + range.lowerBound..<start + range.upperBound]
    }
}
