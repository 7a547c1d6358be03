extension String {
    /// The same text with control characters escaped, quotes left as they are.
    public var withoutControls: String {
        self.unicodeScalars.reduce(into: "") { $0 += $1.escapedIfControl }
    }
}

extension Unicode.Scalar {
    /// Also what breaks a line or turns its direction: it can make a line of a log say what it does not.
    public var isControl: Bool {
        switch self.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// Itself, or an escape such as `\u001B`.
    public var escapedIfControl: String {
        guard self.isControl else { return String(self) }
        let hex = String(self.value, radix: 16, uppercase: true)
        let (escape, width) = self.value > 0xFFFF ? ("\\U", 8) : ("\\u", 4)
        return escape + String(repeating: "0", count: width - hex.count) + hex
    }
}
