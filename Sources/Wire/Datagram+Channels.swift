/// The additions of `direct.distributed` for its message servers. Source: Panda3D `PyDatagram.py`.
extension Datagram {
    /// Appends the number of a channel: u64, little-endian.
    @inlinable
    public mutating func addChannel(_ channel: UInt64) {
        self.addUint64(channel)
    }

    /// Appends the start of a message to one channel, 19 bytes:
    ///
    /// | bytes | field |
    /// |---|---|
    /// | i8 | 1, the number of channels that follow |
    /// | u64 | `channel`, the receiver |
    /// | u64 | `sender`, the channel for an answer |
    /// | u16 | `code`, the message type |
    @inlinable
    public mutating func addServerHeader(channel: UInt64, sender: UInt64, code: UInt16) {
        self.addInt8(1)
        self.addChannel(channel)
        self.addChannel(sender)
        self.addUint16(code)
    }
}
