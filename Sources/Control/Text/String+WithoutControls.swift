extension String {
    /// The text with its control characters escaped. Quotes stay unchanged.
    public var withoutControls: String {
        self.unicodeScalars.reduce(into: "") { $0 += $1.escapedIfControl }
    }
}

extension Unicode.Scalar {
    /// Whether the character could forge log text. Line separators and direction marks count as control characters too.
    public var isControl: Bool {
        switch self.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// The character, or an escape such as `\u001B` for a control character.
    public var escapedIfControl: String {
        guard self.isControl else { return String(self) }
        let hex = String(self.value, radix: 16, uppercase: true)
        let (escape, width) = self.value > 0xFFFF ? ("\\U", 8) : ("\\u", 4)
        return escape + String(repeating: "0", count: width - hex.count) + hex
    }
}
