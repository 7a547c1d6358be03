/// A string that a peer sent need not be text. The methods that return a `String` throw `WireError.notUTF8` then, as
/// Panda3D's raise in Python, and never repair it: a repaired string is not what was sent. What has to be passed on
/// whatever it is, is read as bytes: `getBlob` for `getString`, `getBlob32` for `getString32`, `getZStringBytes`,
/// `getFixedStringBytes`, `getWstringUnits`.
extension DatagramIterator {
    /// u16 byte count, then UTF-8. NULs are part of the text.
    ///
    /// - Throws: `WireError.outOfBounds` past the end, `notUTF8` for what is not text.
    public mutating func getString() throws(WireError) -> String {
        let range = try self.countedRange(UInt16.self)
        return try self.text(in: range, nextIndex: range.upperBound)
    }

    /// u32 byte count, then UTF-8. NULs are part of the text.
    ///
    /// - Throws: `WireError.outOfBounds` past the end, `notUTF8` for what is not text.
    public mutating func getString32() throws(WireError) -> String {
        let range = try self.countedRange(UInt32.self)
        return try self.text(in: range, nextIndex: range.upperBound)
    }

    /// UTF-8 up to the next NUL, which is read too.
    ///
    /// Without a NUL, `WireError.outOfBounds` is thrown for the one byte that is missing at the end.
    ///
    /// - Throws: `WireError.outOfBounds` past the end, `notUTF8` for what is not text.
    public mutating func getZString() throws(WireError) -> String {
        let range = try self.zStringRange()
        return try self.text(in: range, nextIndex: range.upperBound + 1)
    }

    /// `getZString`, in whatever encoding the bytes are.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    public mutating func getZStringBytes() throws(WireError) -> [UInt8] {
        let range = try self.zStringRange()
        self.index = range.upperBound + 1
        return self.bytes(in: range)
    }

    /// `byteCount` bytes, of which those before the first NUL are UTF-8.
    ///
    /// A sender's cut to `byteCount` may have left part of a character at the end, which is not UTF-8.
    ///
    /// - Throws: `WireError.outOfBounds` past the end, `notUTF8` for what is not text.
    public mutating func getFixedString(byteCount: Int) throws(WireError) -> String {
        let field = try self.range(of: byteCount, at: self.index)
        return try self.text(in: self.rangeBeforeNUL(in: field), nextIndex: field.upperBound)
    }

    /// `getFixedString`, in whatever encoding the bytes are.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
    public mutating func getFixedStringBytes(byteCount: Int) throws(WireError) -> [UInt8] {
        let field = try self.range(of: byteCount, at: self.index)
        self.index = field.upperBound
        return self.bytes(in: self.rangeBeforeNUL(in: field))
    }

    /// u32 count of units, then each as a u16: UTF-16.
    ///
    /// - Throws: `WireError.outOfBounds` past the end, `notUTF16` when half a surrogate pair stands alone.
    public mutating func getWstring() throws(WireError) -> String {
        var ahead = self
        let units = try ahead.getWstringUnits()
        guard let text = String(validating: units, as: UTF16.self) else {
            throw .notUTF16(position: self.index + MemoryLayout<UInt32>.size)
        }
        self = ahead
        return text
    }

    /// `getWstring`, in whatever encoding the units are.
    ///
    /// - Throws: `WireError.outOfBounds` past the end.
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

    /// The text in `range`; the current index moves to `nextIndex` if it is UTF-8.
    private mutating func text(in range: Range<Int>, nextIndex: Int) throws(WireError) -> String {
        guard let text = String(validating: self.view(of: range), as: UTF8.self) else {
            throw .notUTF8(position: range.lowerBound)
        }
        self.index = nextIndex
        return text
    }

    /// The bytes from the current index to the next NUL, which is there.
    private func zStringRange() throws(WireError) -> Range<Int> {
        let rest = self.index..<self.datagram.byteCount
        let range = self.rangeBeforeNUL(in: rest)
        // The NUL itself.
        _ = try self.range(of: 1, at: range.upperBound)
        return range
    }

    /// The bytes of `field` before its first NUL, or all of them.
    private func rangeBeforeNUL(in field: Range<Int>) -> Range<Int> {
        let bytes = self.view(of: field)
        let byteCount = (bytes.firstIndex(of: 0) ?? bytes.endIndex) - bytes.startIndex
        return field.lowerBound..<field.lowerBound + byteCount
    }
}
