import NIOCore

/// Text goes out as UTF-8, as Panda3D sends it from Python 3. Source of the layouts: Panda3D `datagram.I`.
extension Datagram {
    /// A literal: u16 byte count, then the bytes.
    ///
    /// This is what `addString("Hello")` means. A literal has its length in the source, so there is nothing to `try`;
    /// one of more than 65,535 bytes is a programming error and traps. Text that is only known at run time goes to the
    /// overloads that throw.
    public mutating func addString(_ literal: StaticString) {
        literal.withUTF8Buffer { self.addLiteral($0) }
    }

    /// u16 byte count, then the text in UTF-8.
    ///
    /// Disfavored so that a literal, which could be a `String` too, picks the overload that does not throw.
    ///
    /// - Throws: `WireError.tooLong` for text of more than 65,535 bytes.
    @_disfavoredOverload
    public mutating func addString(_ text: String) throws(WireError) {
        try self.addCount(UInt16.self, of: text.utf8.count)
        self.storage.writeString(text)
    }

    /// u16 byte count, then the bytes, in whatever encoding they are.
    ///
    /// - Throws: `WireError.tooLong` for more than 65,535 bytes.
    public mutating func addString(_ bytes: some Collection<UInt8>) throws(WireError) {
        try self.addBlob(bytes)
    }

    /// u32 byte count, then the text in UTF-8.
    public mutating func addString32(_ text: String) {
        self.addUint32(UInt32(text.utf8.count))
        self.storage.writeString(text)
    }

    /// u32 byte count, then the bytes, in whatever encoding they are.
    public mutating func addString32(_ bytes: some Collection<UInt8>) {
        self.addBlob32(bytes)
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

    mutating func addLiteral(_ utf8: UnsafeBufferPointer<UInt8>) {
        do {
            try self.addString(utf8)
        } catch {
            preconditionFailure("A string literal is too long for addString. \(error)")
        }
    }
}
