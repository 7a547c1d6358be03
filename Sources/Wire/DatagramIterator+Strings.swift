/// Strings. A peer may send strings that are not valid text.
///
/// For such a string, the methods that return a `String` throw `WireError.notUTF8` or `notUTF16`, as Panda3D raises an
/// error in Python. They never repair the text, since a repaired string differs from the sent one. To pass any string
/// on, read it as bytes: `getBlob` instead of `getString`, `getBlob32` instead of `getString32`, `getZStringBytes`,
/// `getFixedStringBytes`, `getWstringUnits`.
extension DatagramIterator {
    /// Reads a u16 byte count, then UTF-8. NULs are part of the text.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end, `notUTF8` for bytes that are not UTF-8.
    public mutating func getString() throws(WireError) -> String {
        let range = try self.countedRange(UInt16.self)
        return try self.text(in: range, nextIndex: range.upperBound)
    }

    /// Reads a u32 byte count, then UTF-8. NULs are part of the text.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end, `notUTF8` for bytes that are not UTF-8.
    public mutating func getString32() throws(WireError) -> String {
        let range = try self.countedRange(UInt32.self)
        return try self.text(in: range, nextIndex: range.upperBound)
    }

    /// Reads UTF-8 up to the next NUL, then skips the NUL.
    ///
    /// If the NUL is missing, `WireError.outOfBounds` reports one wanted byte at the end of the datagram.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end, `notUTF8` for bytes that are not UTF-8.
    public mutating func getZString() throws(WireError) -> String {
        let range = try self.zStringRange()
        return try self.text(in: range, nextIndex: range.upperBound + 1)
    }

    /// Reads the same field as `getZString`, as bytes in any encoding.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    public mutating func getZStringBytes() throws(WireError) -> [UInt8] {
        let range = try self.zStringRange()
        self.index = range.upperBound + 1
        return self.bytes(in: range)
    }

    /// Reads `byteCount` bytes and returns the text before their first NUL.
    ///
    /// A sender that cut the text to `byteCount` may have left part of a character at the end, which is not UTF-8.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end, `notUTF8` for bytes that are not UTF-8.
    public mutating func getFixedString(byteCount: Int) throws(WireError) -> String {
        let field = try self.range(of: byteCount, at: self.index)
        return try self.text(in: self.rangeBeforeNUL(in: field), nextIndex: field.upperBound)
    }

    /// Reads the same field as `getFixedString`, as bytes in any encoding.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    public mutating func getFixedStringBytes(byteCount: Int) throws(WireError) -> [UInt8] {
        let field = try self.range(of: byteCount, at: self.index)
        self.index = field.upperBound
        return self.bytes(in: self.rangeBeforeNUL(in: field))
    }

    /// Reads a u32 count of UTF-16 units, then each unit as a u16.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end, `notUTF16` if half of a surrogate pair stands alone.
    public mutating func getWstring() throws(WireError) -> String {
        var ahead = self
        let units = try ahead.getWstringUnits()
        guard let text = String(validating: units, as: UTF16.self) else {
            throw .notUTF16(position: self.index + MemoryLayout<UInt32>.size)
        }
        self = ahead
        return text
    }

    /// Reads the same field as `getWstring`, as units in any encoding.
    ///
    /// - Throws: `WireError.outOfBounds` for a read past the end.
    public mutating func getWstringUnits() throws(WireError) -> [UInt16] {
        let range = try self.countedRange(UInt32.self, unitBytes: MemoryLayout<UInt16>.size)
        self.index = range.lowerBound
        var units: [UInt16] = []
        units.reserveCapacity(range.count / MemoryLayout<UInt16>.size)
        while self.index < range.upperBound {
            units.append(try self.getUint16())
        }
        return units
    }

    /// Decodes the bytes in `range` as UTF-8, then moves the current index to `nextIndex`.
    private mutating func text(in range: Range<Int>, nextIndex: Int) throws(WireError) -> String {
        guard let text = String(validating: self.view(of: range), as: UTF8.self) else {
            throw .notUTF8(position: range.lowerBound)
        }
        self.index = nextIndex
        return text
    }

    /// The bytes from the current index up to the next NUL.
    ///
    /// - Throws: `WireError.outOfBounds` without a NUL.
    private func zStringRange() throws(WireError) -> Range<Int> {
        let rest = self.index..<self.datagram.byteCount
        let range = self.rangeBeforeNUL(in: rest)
        // Throws if the NUL itself is missing.
        _ = try self.range(of: 1, at: range.upperBound)
        return range
    }

    /// The bytes of `field` before its first NUL; all of them if there is no NUL.
    private func rangeBeforeNUL(in field: Range<Int>) -> Range<Int> {
        let bytes = self.view(of: field)
        let byteCount = (bytes.firstIndex(of: 0) ?? bytes.endIndex) - bytes.startIndex
        return field.lowerBound..<field.lowerBound + byteCount
    }
}
