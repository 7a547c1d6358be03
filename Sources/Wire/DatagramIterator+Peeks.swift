/// Reads the next field without moving the index. A router reads the message type this way.
///
/// Panda3D has no such methods.
extension DatagramIterator {
    /// The next byte.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public func peekUint8() throws(WireError) -> UInt8 {
        try self.peekInteger()
    }

    /// The next two bytes, little-endian.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public func peekUint16() throws(WireError) -> UInt16 {
        UInt16(littleEndian: try self.peekInteger())
    }

    /// The next two bytes, little-endian, two's complement.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public func peekInt16() throws(WireError) -> Int16 {
        Int16(littleEndian: try self.peekInteger())
    }

    /// The bytes at the current index as an integer in the machine's byte order.
    @inlinable
    func peekInteger<Value: FixedWidthInteger & BitwiseCopyable>() throws(WireError) -> Value {
        let range = try self.range(of: MemoryLayout<Value>.size, at: self.index)
        return self.datagram.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: range.lowerBound, as: Value.self) }
    }
}
