/// Strings. Text is sent as UTF-8, as Panda3D does from Python 3. Source of the layouts: Panda3D `datagram.I`.
extension Datagram {
    /// Appends a u16 byte count, then the text in UTF-8. For bytes that are not text use `addBlob`, which has the same
    /// layout.
    ///
    /// - Throws: `WireError.tooLong` for text of more than 65,535 bytes.
    public mutating func addString(_ text: String) throws(WireError) {
        try self.addBlob(text.utf8)
    }

    /// Appends a u32 byte count, then the text in UTF-8. For bytes that are not text use `addBlob32`, which has the
    /// same layout.
    ///
    /// - Precondition: at most 4,294,967,295 bytes.
    public mutating func addString32(_ text: String) {
        self.addBlob32(text.utf8)
    }

    /// Appends the text in UTF-8 up to its first NUL, then one NUL.
    public mutating func addZString(_ text: String) {
        self.addZString(text.utf8)
    }

    /// Appends the bytes up to the first NUL, then one NUL.
    public mutating func addZString(_ bytes: some Collection<UInt8>) {
        self.appendData(bytes.prefix { $0 != 0 })
        self.addUint8(0)
    }

    /// Appends exactly `byteCount` bytes: the text in UTF-8, cut or padded with NULs.
    ///
    /// The cut counts bytes, as in Panda3D, and can leave part of a character at the end.
    ///
    /// - Precondition: `byteCount` is not negative.
    public mutating func addFixedString(_ text: String, byteCount: Int) {
        self.addFixedString(text.utf8, byteCount: byteCount)
    }

    /// Appends exactly `byteCount` bytes: `bytes`, cut or padded with NULs.
    ///
    /// - Precondition: `byteCount` is not negative.
    public mutating func addFixedString(_ bytes: some Collection<UInt8>, byteCount: Int) {
        let kept = bytes.prefix(byteCount)
        self.appendData(kept)
        self.padBytes(byteCount - kept.count)
    }

    /// Appends a u32 count of UTF-16 units, then each unit as a u16.
    ///
    /// A character beyond U+FFFF takes two units here, as in Panda3D on Windows. On other systems, Panda3D sends only
    /// the low 16 bits of such a character and so loses it. When Panda3D receives two units on these systems, it keeps
    /// them as two characters.
    public mutating func addWstring(_ text: String) {
        self.addWstring(text.utf16)
    }

    /// Appends a u32 count of units, then each unit as a u16.
    public mutating func addWstring(_ units: some Collection<UInt16>) {
        self.addUint32(UInt32(units.count))
        for unit in units {
            self.addUint16(unit)
        }
    }
}
