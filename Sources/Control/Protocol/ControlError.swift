/// The daemon's answer to a request that has no result.
public struct ControlError: Error, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable {
        /// The line is not a request.
        case malformed
        case tooLong
        case unsupportedVersion
        case unknownCommand
        case badArgument
        /// The connection or listener that the command names does not exist.
        case notFound
        /// The command failed and changed no state.
        case rejected
        /// The command cannot be carried out now.
        case unavailable
        /// Too many control connections are open.
        case busy
        /// The request did not arrive completely in time.
        case timedOut
    }

    public let code: Code
    /// A sentence for an operator.
    public let message: String
    /// Further lines, such as every problem of a configuration.
    public let details: [String]

    public init(_ code: Code, _ message: String, details: [String] = []) {
        self.code = code
        self.message = message
        self.details = details
    }

    /// The sentence, then each detail on its own line.
    public var description: String { ([self.message] + self.details).joined(separator: "\n") }
}

extension ControlError: JSONConvertible {
    public var json: JSONValue {
        let members: JSONValue = ["code": .string(self.code.rawValue), "message": .string(self.message)]
        guard case .object(let members) = members, !self.details.isEmpty else { return members }
        return .object(members + [JSONValue.Member("details", self.details.json)])
    }

    public init?(json: JSONValue) {
        guard let code = json["code"].flatMap(String.init).flatMap(Code.init), let message = json["message"],
            let message = String(json: message), let details = [String]?(json: json["details"] ?? .null)
        else { return nil }
        self.init(code, message, details: details ?? [])
    }
}
