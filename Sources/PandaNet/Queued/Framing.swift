import Wire

/// What stands before each payload, as a reader or writer was told: Panda3D's `setTcpHeaderSize` and `setRawMode`.
struct Framing: Sendable {
    /// Bytes; 0, 2 or 4.
    var headerSize = TCPHeader.two.size
    var isRaw = false

    /// nil: nothing stands there. Header size 0, which Panda3D's own reader can't read, is read as raw mode is.
    var header: TCPHeader? { self.isRaw ? nil : TCPHeader(rawValue: self.headerSize) }

    mutating func setHeaderSize(_ size: Int) {
        let isKnown = size == 0 || TCPHeader(rawValue: size) != nil
        precondition(isKnown, "a TCP header size of \(size) bytes; 0, 2 and 4 exist")
        self.headerSize = size
    }
}
