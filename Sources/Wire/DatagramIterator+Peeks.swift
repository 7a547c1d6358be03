/// A look at the next field without moving: what a router needs to see of a message type.
///
/// Panda3D has none of these.
extension DatagramIterator {
    /// The next byte.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public func peekUint8() throws(WireError) -> UInt8 {
        try self.peekInteger()
    }

    /// The next two bytes, little-endian.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public func peekUint16() throws(WireError) -> UInt16 {
        UInt16(littleEndian: try self.peekInteger())
    }

    /// The next two bytes, little-endian, two's complement.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public func peekInt16() throws(WireError) -> Int16 {
        Int16(littleEndian: try self.peekInteger())
    }

    /// The bytes at the current index as they would be in memory.
    @inlinable
    func peekInteger<Value: FixedWidthInteger & BitwiseCopyable>() throws(WireError) -> Value {
        let range = try self.range(of: MemoryLayout<Value>.size, at: self.index)
        return self.datagram.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: range.lowerBound, as: Value.self) }
    }
}
