/// One line of the daemon's answer.
public enum ControlAnswer: Sendable, Equatable {
    /// A result. With `more`, another line continues it: a long list arrives in pieces.
    case result(JSONValue, more: Bool)
    case error(ControlError)

    /// The line, with its line break.
    public var line: [UInt8] {
        var line: [UInt8] = []
        let json: JSONValue =
            switch self {
            case .result(let result, let more):
                ["version": .integer(ControlProtocol.version), "ok": true, "more": .boolean(more), "result": result]
            case .error(let error):
                ["version": .integer(ControlProtocol.version), "ok": false, "error": error.json]
            }
        json.write(to: &line)
        line.append(UInt8(ascii: "\n"))
        return line
    }

    /// Parses a line.
    ///
    /// - Parameter line: without its line break.
    /// - Returns: nil for a line that is not an answer of this protocol version.
    public init?(line: [UInt8]) {
        guard let json = try? JSONParser.parse(line), json["version"] == .integer(ControlProtocol.version) else {
            return nil
        }
        switch json["ok"] {
        case true:
            guard let result = json["result"], case .boolean(let more)? = json["more"] else { return nil }
            self = .result(result, more: more)
        case false:
            guard let error = json["error"].flatMap(ControlError.init) else { return nil }
            self = .error(error)
        default: return nil
        }
    }
}
