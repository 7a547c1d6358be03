extension String {
    /// As a TOML string in quotes, on one line and without a character that a terminal or a log could take for its own.
    var quoted: String {
        var quoted = "\""
        for scalar in self.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            default: quoted += scalar.escapedIfControl
            }
        }
        return quoted + "\""
    }

    /// `quoted`, but what is longer than a name could be is cut; for error texts.
    var quotedShort: String {
        let scalarsMax = 64
        guard self.unicodeScalars.count > scalarsMax else { return self.quoted }
        return String(String.UnicodeScalarView(self.unicodeScalars.prefix(scalarsMax))).quoted + "…"
    }

    /// The same text with control characters escaped, quotes left as they are.
    var withoutControls: String {
        self.unicodeScalars.reduce(into: "") { $0 += $1.escapedIfControl }
    }
}

extension Unicode.Scalar {
    /// Also what breaks a line or turns its direction: it can make a line of a log say what it does not.
    var isControl: Bool {
        switch self.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    fileprivate var escapedIfControl: String {
        guard self.isControl else { return String(self) }
        let hex = String(self.value, radix: 16, uppercase: true)
        let (escape, width) = self.value > 0xFFFF ? ("\\U", 8) : ("\\u", 4)
        return escape + String(repeating: "0", count: width - hex.count) + hex
    }
}
