import Control

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
}
