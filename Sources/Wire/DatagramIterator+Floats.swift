/// IEEE 754 floats. Every bit pattern is a value, NaNs included.
extension DatagramIterator {
    /// Four bytes, little-endian.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getFloat32() throws(WireError) -> Float {
        Float(bitPattern: try self.getUint32())
    }

    /// Eight bytes, little-endian.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getFloat64() throws(WireError) -> Double {
        Double(bitPattern: try self.getUint64())
    }

    /// Eight bytes if the datagram's `stdfloatDouble` is set, otherwise four.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getStdfloat() throws(WireError) -> Double {
        self.datagram.stdfloatDouble ? try self.getFloat64() : Double(try self.getFloat32())
    }

    /// Four bytes, big-endian.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getBeFloat32() throws(WireError) -> Float {
        Float(bitPattern: try self.getBeUint32())
    }

    /// Eight bytes, big-endian.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getBeFloat64() throws(WireError) -> Double {
        Double(bitPattern: try self.getBeUint64())
    }
}
