import Control

extension String {
    /// The text as a quoted TOML string on one line. Control characters are escaped, so they cannot affect a terminal
    /// or a log.
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

    /// `quoted`, for error texts. A long text is cut and ends with an ellipsis.
    var quotedShort: String {
        let scalarsMax = 64
        guard self.unicodeScalars.count > scalarsMax else { return self.quoted }
        return String(String.UnicodeScalarView(self.unicodeScalars.prefix(scalarsMax))).quoted + "…"
    }
}
