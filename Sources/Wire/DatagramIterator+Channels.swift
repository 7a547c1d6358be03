/// What `direct.distributed` adds for its message servers. Source: Panda3D `PyDatagramIterator.py`.
extension DatagramIterator {
    /// The number of a channel: u64, little-endian.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    @inlinable
    public mutating func getChannel() throws(WireError) -> UInt64 {
        try self.getUint64()
    }
}
