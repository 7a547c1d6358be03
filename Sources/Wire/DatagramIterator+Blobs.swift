extension DatagramIterator {
    /// u16 byte count, then the bytes. It also reads what `addString` wrote, whatever its encoding.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    public mutating func getBlob() throws(WireError) -> [UInt8] {
        let range = try self.countedRange(UInt16.self)
        self.index = range.upperBound
        return self.bytes(in: range)
    }

    /// u32 byte count, then the bytes. It also reads what `addString32` wrote, whatever its encoding.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    public mutating func getBlob32() throws(WireError) -> [UInt8] {
        let range = try self.countedRange(UInt32.self)
        self.index = range.upperBound
        return self.bytes(in: range)
    }

    /// The place of what follows the count at the current index, if it is all there. The index stays where it is.
    ///
    /// - Parameter unitBytes: what one of the things counted takes.
    func countedRange<Count: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _: Count.Type,
        unitBytes: Int = 1
    ) throws(WireError) -> Range<Int> {
        let count = Count(littleEndian: try self.peekInteger())
        // In the 64 bits of Int. Panda3D multiplies in 32 bits, where 0x8000_0000 units of two bytes come to none.
        return try self.range(of: Int(count) * unitBytes, at: self.index + MemoryLayout<Count>.size)
    }
}
