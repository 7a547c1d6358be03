/// A name that journald takes: 1 to 64 of `A-Z`, `0-9` and `_`, beginning with a letter. journald drops any other in silence.
struct JournalFieldName {
    let text: String

    private static let bytesMax = 64

    /// What the handler writes by itself: metadata must not add a second one.
    private static let reserved: Set<String> = [
        "MESSAGE", "MESSAGE_ID", "PRIORITY", "SYSLOG_IDENTIFIER", "LOGGER", "CODE_FILE", "CODE_LINE", "CODE_FUNC",
    ]

    /// `connection.id` becomes `CONNECTION_ID`; a name that can't stand by itself gets `FIELD_` before it.
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
