/// A field name that journald accepts: 1 to 64 of `A-Z`, `0-9` and `_`, with a letter first. journald silently drops
/// fields with other names.
struct JournalFieldName {
    let text: String

    private static let bytesMax = 64

    /// The names that `JournalRendering` writes itself. A field from metadata must not repeat them.
    private static let reserved: Set<String> = [
        "MESSAGE", "MESSAGE_ID", "PRIORITY", "SYSLOG_IDENTIFIER", "LOGGER", "CODE_FILE", "CODE_LINE", "CODE_FUNC",
    ]

    /// Turns `connection.id` into `CONNECTION_ID`. A reserved name, and a name that does not begin with a letter, gets
    /// the prefix `FIELD_`.
    init(_ key: String) {
        let name = String(key.unicodeScalars.map(Self.character).drop { $0 == "_" })
        let standsAlone = name.first?.isLetter == true && !Self.reserved.contains(name)
        self.text = String((standsAlone ? name : "FIELD_" + name).prefix(Self.bytesMax))
    }

    private static func character(of scalar: Unicode.Scalar) -> Character {
        switch scalar {
        case "A"..."Z", "0"..."9": Character(scalar)
        case "a"..."z": Character(Unicode.Scalar(UInt8(ascii: scalar) - 0x20))
        default: "_"
        }
    }
}
