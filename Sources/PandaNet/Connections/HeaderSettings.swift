import Wire

/// The header before each payload, as a reader or writer was told: Panda3D's `setTcpHeaderSize` and `setRawMode`.
struct HeaderSettings: Sendable {
    /// Bytes; 0, 2 or 4.
    var size = Framing.two.size
    var isRaw = false

    /// nil without a header. Panda3D's own reader cannot read header size 0; here it is read as raw mode is.
    var framing: Framing? { self.isRaw ? nil : Framing(headerSize: self.size) }

    mutating func setSize(_ size: Int) {
        let isKnown = size == 0 || Framing(headerSize: size) != nil
        precondition(isKnown, "a TCP header size of \(size) bytes; 0, 2 and 4 exist")
        self.size = size
    }
}
