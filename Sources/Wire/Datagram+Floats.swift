/// IEEE 754 floats. Source of the byte orders: Panda3D `datagram.I`.
extension Datagram {
    /// Four bytes, little-endian.
    @inlinable
    public mutating func addFloat32(_ value: Float) {
        self.addUint32(value.bitPattern)
    }

    /// Eight bytes, little-endian.
    @inlinable
    public mutating func addFloat64(_ value: Double) {
        self.addUint64(value.bitPattern)
    }

    /// Eight bytes if `stdfloatDouble` is set. Otherwise four bytes, rounded to the nearest 32-bit value.
    @inlinable
    public mutating func addStdfloat(_ value: Double) {
        if self.stdfloatDouble {
            self.addFloat64(value)
        } else {
            self.addFloat32(Float(value))
        }
    }

    /// Four bytes, big-endian.
    @inlinable
    public mutating func addBeFloat32(_ value: Float) {
        self.addBeUint32(value.bitPattern)
    }

    /// Eight bytes, big-endian.
    @inlinable
    public mutating func addBeFloat64(_ value: Double) {
        self.addBeUint64(value.bitPattern)
    }
}
