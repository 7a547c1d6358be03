/// Text goes out as UTF-8, as Panda3D sends it from Python 3. Source of the layouts: Panda3D `datagram.I`.
extension Datagram {
    /// u16 byte count, then the text in UTF-8. Bytes that are not text go to `addBlob`, which has the same layout.
    ///
    /// - Throws: `WireError.tooLong` for text of more than 65,535 bytes.
    public mutating func addString(_ text: String) throws(WireError) {
        try self.addBlob(text.utf8)
    }

    /// u32 byte count, then the text in UTF-8. Bytes that are not text go to `addBlob32`, which has the same layout.
    ///
    /// - Precondition: at most 4,294,967,295 bytes.
    public mutating func addString32(_ text: String) {
        self.addBlob32(text.utf8)
    }

    /// The text in UTF-8 up to its first NUL, then one NUL.
    public mutating func addZString(_ text: String) {
        self.addZString(text.utf8)
    }

    /// The bytes up to the first NUL, then one NUL.
    public mutating func addZString(_ bytes: some Collection<UInt8>) {
        self.appendData(bytes.prefix { $0 != 0 })
        self.addUint8(0)
    }

    /// `byteCount` bytes: the text in UTF-8, cut or padded with NULs.
    ///
    /// The cut counts bytes, as Panda3D's does, and may leave part of a character at the end.
    ///
    /// - Precondition: `byteCount` is not negative.
    public mutating func addFixedString(_ text: String, byteCount: Int) {
        self.addFixedString(text.utf8, byteCount: byteCount)
    }

    /// `byteCount` bytes: the given ones, cut or padded with NULs.
    ///
    /// - Precondition: `byteCount` is not negative.
    public mutating func addFixedString(_ bytes: some Collection<UInt8>, byteCount: Int) {
        let kept = bytes.prefix(byteCount)
        self.appendData(kept)
        self.padBytes(byteCount - kept.count)
    }

    /// u32 count of UTF-16 units, then each unit as a u16.
    ///
    /// A character beyond U+FFFF is two units here and in Panda3D on Windows. Panda3D elsewhere sends one unit for it,
    /// the low 16 bits, and so loses the character; what it receives as two units it keeps as two characters.
    public mutating func addWstring(_ text: String) {
        self.addWstring(text.utf16)
    }

    /// u32 count, then each unit as a u16.
    public mutating func addWstring(_ units: some Collection<UInt16>) {
        self.addUint32(UInt32(units.count))
        for unit in units {
            self.addUint16(unit)
        }
    }
}
