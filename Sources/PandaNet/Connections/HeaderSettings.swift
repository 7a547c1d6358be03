import Wire

/// The header settings of a reader or writer: Panda3D's `setTcpHeaderSize` and `setRawMode`.
struct HeaderSettings: Sendable {
    /// The size of the header in bytes: 0, 2 or 4.
    var size = Framing.two.size
    var isRaw = false

    /// The framing of these settings; nil without a header. Size 0 means raw mode here; Panda3D's own reader cannot read size 0.
    var framing: Framing? { self.isRaw ? nil : Framing(headerSize: self.size) }

    mutating func setSize(_ size: Int) {
        let isKnown = size == 0 || Framing(headerSize: size) != nil
        precondition(isKnown, "a TCP header size of \(size) bytes; 0, 2 and 4 exist")
        self.size = size
    }
}
