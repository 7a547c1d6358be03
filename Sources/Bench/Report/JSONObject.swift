/// A JSON object in one line, its members in the order in which they were added.
struct JSONObject {
    private var members: [String] = []

    var text: String { "{\(self.members.joined(separator: ","))}" }

    mutating func add(_ name: String, _ value: Bool) { self.addMember(name, "\(value)") }
    mutating func add(_ name: String, _ value: JSONObject) { self.addMember(name, value.text) }
    mutating func add(_ name: String, _ value: String) { self.addMember(name, Self.quoted(value)) }

    /// Left out when it is nil.
    mutating func add(_ name: String, _ value: (some BinaryInteger)?) {
        if let value { self.addMember(name, "\(value)") }
    }

    /// Left out when it is nil; finite.
    mutating func add(_ name: String, _ value: Double?) {
        if let value { self.addMember(name, "\(value)") }
    }

    private mutating func addMember(_ name: String, _ json: String) {
        self.members.append("\(Self.quoted(name)):\(json)")
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case "\u{0}"..<"\u{20}", "\u{7F}":
                "\\u00\(scalar.value < 16 ? "0" : "")\(String(scalar.value, radix: 16))"
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }
}
