/// Why a request got no result: what the daemon answers, and what a client shows.
public struct ControlError: Error, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable {
        /// The line is no request.
        case malformed
        case tooLong
        case unsupportedVersion
        case unknownCommand
        case badArgument
        /// What it is about is not there (any more).
        case notFound
        /// It was tried, and nothing has changed.
        case rejected
        /// It cannot be done now.
        case unavailable
        /// Too many control connections.
        case busy
        /// The request, or the rest of it, did not come in time.
        case timedOut
    }

    public let code: Code
    /// A sentence for people.
    public let message: String
    /// More of it, a line each: everything that is wrong with a configuration.
    public let details: [String]

    public init(_ code: Code, _ message: String, details: [String] = []) {
        self.code = code
        self.message = message
        self.details = details
    }

    /// The sentence, then each detail on a line of its own.
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
