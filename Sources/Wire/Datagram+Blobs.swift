/// Counted byte strings. Source of the layouts: Panda3D `datagram.I`.
extension Datagram {
    /// Appends a u16 byte count, then the bytes.
    ///
    /// - Throws: `WireError.tooLong` for more than 65,535 bytes.
    public mutating func addBlob(_ bytes: some Collection<UInt8>) throws(WireError) {
        guard let count = UInt16(exactly: bytes.count) else {
            throw .tooLong(byteCount: bytes.count, byteCountMax: Int(UInt16.max))
        }
        self.addUint16(count)
        self.appendData(bytes)
    }

    /// Appends a u32 byte count, then the bytes.
    ///
    /// - Precondition: at most 4,294,967,295 bytes.
    public mutating func addBlob32(_ bytes: some Collection<UInt8>) {
        self.addUint32(UInt32(bytes.count))
        self.appendData(bytes)
    }
}
