/// Source of the byte orders: Panda3D `datagram.I`.
extension Datagram {
    /// One byte: 1 for true, 0 for false.
    @inlinable
    public mutating func addBool(_ value: Bool) {
        self.addUint8(value ? 1 : 0)
    }

    /// One byte, two's complement.
    @inlinable
    public mutating func addInt8(_ value: Int8) {
        self.appendInteger(value)
    }

    /// Two bytes, little-endian, two's complement.
    @inlinable
    public mutating func addInt16(_ value: Int16) {
        self.appendInteger(value.littleEndian)
    }

    /// Four bytes, little-endian, two's complement.
    @inlinable
    public mutating func addInt32(_ value: Int32) {
        self.appendInteger(value.littleEndian)
    }

    /// Eight bytes, little-endian, two's complement.
    @inlinable
    public mutating func addInt64(_ value: Int64) {
        self.appendInteger(value.littleEndian)
    }

    /// One byte.
    @inlinable
    public mutating func addUint8(_ value: UInt8) {
        self.appendInteger(value)
    }

    /// Two bytes, little-endian.
    @inlinable
    public mutating func addUint16(_ value: UInt16) {
        self.appendInteger(value.littleEndian)
    }

    /// Four bytes, little-endian.
    @inlinable
    public mutating func addUint32(_ value: UInt32) {
        self.appendInteger(value.littleEndian)
    }

    /// Eight bytes, little-endian.
    @inlinable
    public mutating func addUint64(_ value: UInt64) {
        self.appendInteger(value.littleEndian)
    }

    /// Two bytes, big-endian, two's complement.
    @inlinable
    public mutating func addBeInt16(_ value: Int16) {
        self.appendInteger(value.bigEndian)
    }

    /// Four bytes, big-endian, two's complement.
    @inlinable
    public mutating func addBeInt32(_ value: Int32) {
        self.appendInteger(value.bigEndian)
    }

    /// Eight bytes, big-endian, two's complement.
    @inlinable
    public mutating func addBeInt64(_ value: Int64) {
        self.appendInteger(value.bigEndian)
    }

    /// Two bytes, big-endian.
    @inlinable
    public mutating func addBeUint16(_ value: UInt16) {
        self.appendInteger(value.bigEndian)
    }

    /// Four bytes, big-endian.
    @inlinable
    public mutating func addBeUint32(_ value: UInt32) {
        self.appendInteger(value.bigEndian)
    }

    /// Eight bytes, big-endian.
    @inlinable
    public mutating func addBeUint64(_ value: UInt64) {
        self.appendInteger(value.bigEndian)
    }

    /// Appends the bytes of `value` as they are in memory.
    @inlinable
    mutating func appendInteger(_ value: some FixedWidthInteger & BitwiseCopyable) {
        Swift.withUnsafeBytes(of: value) { self.appendData($0) }
    }
}
