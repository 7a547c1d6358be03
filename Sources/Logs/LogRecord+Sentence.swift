extension LogRecord {
    /// The message and its facts on one line: `listener.bound listener=game port=9099`.
    var sentence: String {
        var sentence = self.message
        for field in self.fields {
            sentence += " \(Self.quoted(field.key))=\(Self.quoted(field.value))"
        }
        return sentence
    }

    /// `text`, in quotation marks if it could otherwise be read as several values. Safe text doubles its backslashes,
    /// so `\"` always stands for a quotation mark of the text.
    private static func quoted(_ text: String) -> String {
        if !text.isEmpty && text.utf8.allSatisfy(self.standsAlone) { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    private static func standsAlone(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "=")
    }
}
