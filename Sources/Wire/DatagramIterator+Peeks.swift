import NIOCore

/// A look at the next field without moving: what a router needs to see of a message type.
///
/// Panda3D has none of these.
extension DatagramIterator {
    /// The next byte.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public func peekUint8() throws(WireError) -> UInt8 {
        try self.peekInteger(.little)
    }

    /// The next two bytes, little-endian.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public func peekUint16() throws(WireError) -> UInt16 {
        try self.peekInteger(.little)
    }

    /// The next two bytes, little-endian, two's complement.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public func peekInt16() throws(WireError) -> Int16 {
        try self.peekInteger(.little)
    }

    @inlinable
    func peekInteger<Value: FixedWidthInteger>(_ endianness: Endianness) throws(WireError) -> Value {
        guard let value = self.datagram.storage.getInteger(at: self.index, endianness: endianness, as: Value.self)
        else {
            let left = self.getRemainingSize()
            throw .outOfBounds(position: self.index, wanted: MemoryLayout<Value>.size, left: left)
        }
        return value
    }
}
