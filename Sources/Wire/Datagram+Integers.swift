import NIOCore

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
        self.storage.writeInteger(value)
    }

    /// Two bytes, little-endian, two's complement.
    @inlinable
    public mutating func addInt16(_ value: Int16) {
        self.storage.writeInteger(value, endianness: .little)
    }

    /// Four bytes, little-endian, two's complement.
    @inlinable
    public mutating func addInt32(_ value: Int32) {
        self.storage.writeInteger(value, endianness: .little)
    }

    /// Eight bytes, little-endian, two's complement.
    @inlinable
    public mutating func addInt64(_ value: Int64) {
        self.storage.writeInteger(value, endianness: .little)
    }

    /// One byte.
    @inlinable
    public mutating func addUint8(_ value: UInt8) {
        self.storage.writeInteger(value)
    }

    /// Two bytes, little-endian.
    @inlinable
    public mutating func addUint16(_ value: UInt16) {
        self.storage.writeInteger(value, endianness: .little)
    }

    /// Four bytes, little-endian.
    @inlinable
    public mutating func addUint32(_ value: UInt32) {
        self.storage.writeInteger(value, endianness: .little)
    }

    /// Eight bytes, little-endian.
    @inlinable
    public mutating func addUint64(_ value: UInt64) {
        self.storage.writeInteger(value, endianness: .little)
    }

    /// Two bytes, big-endian, two's complement.
    @inlinable
    public mutating func addBeInt16(_ value: Int16) {
        self.storage.writeInteger(value, endianness: .big)
    }

    /// Four bytes, big-endian, two's complement.
    @inlinable
    public mutating func addBeInt32(_ value: Int32) {
        self.storage.writeInteger(value, endianness: .big)
    }

    /// Eight bytes, big-endian, two's complement.
    @inlinable
    public mutating func addBeInt64(_ value: Int64) {
        self.storage.writeInteger(value, endianness: .big)
    }

    /// Two bytes, big-endian.
    @inlinable
    public mutating func addBeUint16(_ value: UInt16) {
        self.storage.writeInteger(value, endianness: .big)
    }

    /// Four bytes, big-endian.
    @inlinable
    public mutating func addBeUint32(_ value: UInt32) {
        self.storage.writeInteger(value, endianness: .big)
    }

    /// Eight bytes, big-endian.
    @inlinable
    public mutating func addBeUint64(_ value: UInt64) {
        self.storage.writeInteger(value, endianness: .big)
    }
}
