/// Reads a datagram field by field, in the order of writing: Panda3D's `DatagramIterator` (`datagramIterator.I`,
/// `datagramIterator.cxx`).
///
/// Each `add…` of `Datagram` has a matching `get…` here. A read past the end throws `WireError.outOfBounds`; Panda3D
/// has an assertion instead. A `get…` that throws leaves the current index unchanged. No content of a datagram can
/// cause a trap.
///
/// The iterator holds its own copy of the datagram. Later changes to the original do not affect it.
public struct DatagramIterator: Sendable {
    /// The datagram to read.
    public let datagram: Datagram
    /// The position of the next read, always in `0...datagram.byteCount`.
    @usableFromInline
    var index: Int

    /// Starts at the first byte.
    @inlinable
    public init(_ datagram: Datagram) {
        self.datagram = datagram
        self.index = 0
    }

    /// Starts at `offset`, in bytes from the beginning. The end of the datagram is a valid start.
    ///
    /// - Throws: `WireError.outOfBounds` for an offset that is negative or past the end.
    @inlinable
    public init(_ datagram: Datagram, offset: Int) throws(WireError) {
        self.init(datagram)
        try self.skipBytes(offset)
    }

    /// The position of the next `get…`, in bytes from the beginning of the datagram.
    @inlinable
    public func getCurrentIndex() -> Int { self.index }

    /// The number of bytes from the current index to the end.
    @inlinable
    public func getRemainingSize() -> Int { self.datagram.byteCount - self.index }

    /// A copy of the bytes from the current index to the end. The index does not move.
    @inlinable
    public func getRemainingBytes() -> [UInt8] {
        self.bytes(in: self.index..<self.datagram.byteCount)
    }

    /// Moves the current index forward by `byteCount` bytes.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func skipBytes(_ byteCount: Int) throws(WireError) {
        self.index = try self.range(of: byteCount, at: self.index).upperBound
    }

    /// Reads the next `byteCount` bytes unchanged.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func extractBytes(_ byteCount: Int) throws(WireError) -> [UInt8] {
        let range = try self.range(of: byteCount, at: self.index)
        self.index = range.upperBound
        return self.bytes(in: range)
    }

    /// The range of `byteCount` bytes from `start` on.
    ///
    /// `byteCount` may be any number, since a peer can choose it. `start` must be in the datagram or at its end.
    ///
    /// - Throws: `WireError.outOfBounds` for a negative `byteCount` or for a range past the end.
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
