extension DatagramIterator {
    /// Reads a u16 byte count, then the bytes. Also reads the output of `addString`, in any encoding.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    public mutating func getBlob() throws(WireError) -> [UInt8] {
        let range = try self.countedRange(UInt16.self)
        self.index = range.upperBound
        return self.bytes(in: range)
    }

    /// Reads a u32 byte count, then the bytes. Also reads the output of `addString32`, in any encoding.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    public mutating func getBlob32() throws(WireError) -> [UInt8] {
        let range = try self.countedRange(UInt32.self)
        self.index = range.upperBound
        return self.bytes(in: range)
    }

    /// The range of the field whose count is at the current index. The index does not move.
    ///
    /// - Parameter unitBytes: the size of one counted unit, in bytes.
    /// - Throws: `WireError.outOfBounds` if the field is incomplete.
    func countedRange<Count: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _: Count.Type,
        unitBytes: Int = 1
    ) throws(WireError) -> Range<Int> {
        let count = Count(littleEndian: try self.peekInteger())
        // Computed in the 64 bits of Int. Panda3D multiplies in 32 bits, where 0x8000_0000 units of two bytes overflow
        // to 0.
        return try self.range(of: Int(count) * unitBytes, at: self.index + MemoryLayout<Count>.size)
    }
}
