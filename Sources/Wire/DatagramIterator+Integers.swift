extension DatagramIterator {
    /// One byte: 0 is false, every other value is true, as in Panda3D `datagramIterator.I`.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getBool() throws(WireError) -> Bool {
        try self.getUint8() != 0
    }

    /// One byte, two's complement.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getInt8() throws(WireError) -> Int8 {
        try self.getInteger()
    }

    /// Two bytes, little-endian, two's complement.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getInt16() throws(WireError) -> Int16 {
        Int16(littleEndian: try self.getInteger())
    }

    /// Four bytes, little-endian, two's complement.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getInt32() throws(WireError) -> Int32 {
        Int32(littleEndian: try self.getInteger())
    }

    /// Eight bytes, little-endian, two's complement.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getInt64() throws(WireError) -> Int64 {
        Int64(littleEndian: try self.getInteger())
    }

    /// One byte.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getUint8() throws(WireError) -> UInt8 {
        try self.getInteger()
    }

    /// Two bytes, little-endian.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getUint16() throws(WireError) -> UInt16 {
        UInt16(littleEndian: try self.getInteger())
    }

    /// Four bytes, little-endian.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getUint32() throws(WireError) -> UInt32 {
        UInt32(littleEndian: try self.getInteger())
    }

    /// Eight bytes, little-endian.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getUint64() throws(WireError) -> UInt64 {
        UInt64(littleEndian: try self.getInteger())
    }

    /// Two bytes, big-endian, two's complement.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getBeInt16() throws(WireError) -> Int16 {
        Int16(bigEndian: try self.getInteger())
    }

    /// Four bytes, big-endian, two's complement.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getBeInt32() throws(WireError) -> Int32 {
        Int32(bigEndian: try self.getInteger())
    }

    /// Eight bytes, big-endian, two's complement.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getBeInt64() throws(WireError) -> Int64 {
        Int64(bigEndian: try self.getInteger())
    }

    /// Two bytes, big-endian.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getBeUint16() throws(WireError) -> UInt16 {
        UInt16(bigEndian: try self.getInteger())
    }

    /// Four bytes, big-endian.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getBeUint32() throws(WireError) -> UInt32 {
        UInt32(bigEndian: try self.getInteger())
    }

    /// Eight bytes, big-endian.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getBeUint64() throws(WireError) -> UInt64 {
        UInt64(bigEndian: try self.getInteger())
    }

    /// Reads as `peekInteger` does, then moves the current index past the bytes.
    @inlinable
    mutating func getInteger<Value: FixedWidthInteger & BitwiseCopyable>() throws(WireError) -> Value {
        let value: Value = try self.peekInteger()
        self.index += MemoryLayout<Value>.size
        return value
    }
}
