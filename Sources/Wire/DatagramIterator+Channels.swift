/// The addition of `direct.distributed` for its message servers. Source: Panda3D `PyDatagramIterator.py`.
extension DatagramIterator {
    /// Reads the number of a channel: u64, little-endian.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    @inlinable
    public mutating func getChannel() throws(WireError) -> UInt64 {
        try self.getUint64()
    }
}
