import NIOCore

/// Source of the layouts: Panda3D `datagram.I`.
extension Datagram {
    /// u16 byte count, then the bytes.
    ///
    /// - Throws: `WireError.tooLong` for more than 65,535 bytes.
    public mutating func addBlob(_ bytes: some Collection<UInt8>) throws(WireError) {
        try self.addCount(UInt16.self, of: bytes.count)
        self.appendData(bytes)
    }

    /// u32 byte count, then the bytes.
    public mutating func addBlob32(_ bytes: some Collection<UInt8>) {
        self.addUint32(UInt32(bytes.count))
        self.appendData(bytes)
    }

    /// The count in front of a field, or nothing at all when it cannot say `byteCount`.
    mutating func addCount<Count: FixedWidthInteger>(_: Count.Type, of byteCount: Int) throws(WireError) {
        guard let count = Count(exactly: byteCount) else {
            throw .tooLong(byteCount: byteCount, byteCountMax: Int(Count.max))
        }
        self.storage.writeInteger(count, endianness: .little)
    }
}
