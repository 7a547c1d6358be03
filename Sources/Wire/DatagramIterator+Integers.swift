import NIOCore

extension DatagramIterator {
    /// One byte: false for 0, true for anything else, as in Panda3D `datagramIterator.I`.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public mutating func getBool() throws(WireError) -> Bool {
        try self.getUint8() != 0
    }

    /// One byte, two's complement.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public mutating func getInt8() throws(WireError) -> Int8 {
        try self.getInteger(.little)
    }

    /// Two bytes, little-endian, two's complement.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public mutating func getInt16() throws(WireError) -> Int16 {
        try self.getInteger(.little)
    }

    /// Four bytes, little-endian, two's complement.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public mutating func getInt32() throws(WireError) -> Int32 {
        try self.getInteger(.little)
    }

    /// Eight bytes, little-endian, two's complement.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public mutating func getInt64() throws(WireError) -> Int64 {
        try self.getInteger(.little)
    }

    /// One byte.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public mutating func getUint8() throws(WireError) -> UInt8 {
        try self.getInteger(.little)
    }

    /// Two bytes, little-endian.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public mutating func getUint16() throws(WireError) -> UInt16 {
        try self.getInteger(.little)
    }

    /// Four bytes, little-endian.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public mutating func getUint32() throws(WireError) -> UInt32 {
        try self.getInteger(.little)
    }

    /// Eight bytes, little-endian.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public mutating func getUint64() throws(WireError) -> UInt64 {
        try self.getInteger(.little)
    }

    /// Two bytes, big-endian, two's complement.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public mutating func getBeInt16() throws(WireError) -> Int16 {
        try self.getInteger(.big)
    }

    /// Four bytes, big-endian, two's complement.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public mutating func getBeInt32() throws(WireError) -> Int32 {
        try self.getInteger(.big)
    }

    /// Eight bytes, big-endian, two's complement.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public mutating func getBeInt64() throws(WireError) -> Int64 {
        try self.getInteger(.big)
    }

    /// Two bytes, big-endian.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public mutating func getBeUint16() throws(WireError) -> UInt16 {
        try self.getInteger(.big)
    }

    /// Four bytes, big-endian.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public mutating func getBeUint32() throws(WireError) -> UInt32 {
        try self.getInteger(.big)
    }

    /// Eight bytes, big-endian.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public mutating func getBeUint64() throws(WireError) -> UInt64 {
        try self.getInteger(.big)
    }

    /// An integer at the current index, which moves behind it.
    @inlinable
    mutating func getInteger<Value: FixedWidthInteger>(_ endianness: Endianness) throws(WireError) -> Value {
        let value: Value = try self.peekInteger(endianness)
        self.index += MemoryLayout<Value>.size
        return value
    }
}
