extension ControlCommand {
    /// The request for this command: one line, with its line break.
    public var request: [UInt8] {
        let head = [
            JSONValue.Member("version", .integer(ControlProtocol.version)),
            JSONValue.Member("command", .string(self.name)),
        ]
        var line: [UInt8] = []
        JSONValue.object(head + self.argumentMembers).write(to: &line)
        return line + [UInt8(ascii: "\n")]
    }

    private var argumentMembers: [JSONValue.Member] {
        let members: [(String, JSONValue)] =
            switch self {
            case .version, .status, .stats, .reload, .drain: []
            case .list(let filter): [("address", filter.address.json), ("listener", filter.listener.json)]
            case .show(let id): [("id", id.json)]
            case .kick(let id, let reason): [("id", id.json), ("reason", reason.json)]
            case .logLevel(let level, let duration): [("level", level.json), ("for_usec", duration.json)]
            }
        return members.filter { $0.1 != .null }.map(JSONValue.Member.init)
    }

    /// Parses a request.
    ///
    /// - Parameter line: without its line break.
    public init(request line: [UInt8]) throws(ControlError) {
        let request: JSONValue
        do {
            request = try JSONParser.parse(line)
        } catch {
            throw ControlError(.malformed, "the line is not valid JSON: \(error)")
        }
        guard case .object(let members) = request else {
            throw ControlError(.malformed, "the line is not a JSON object")
        }
        guard request["version"] == .integer(ControlProtocol.version) else {
            throw ControlError(
                .unsupportedVersion,
                "unsupported version; this lobbyd speaks version \(ControlProtocol.version) of the protocol"
            )
        }
        guard case .string(let name) = request["command"] else {
            throw ControlError(.malformed, "a request needs the member command, a string")
        }
        guard let allowed = Self.arguments.first(where: { $0.name == name })?.arguments else {
            let known = Self.arguments.map(\.name).joined(separator: ", ")
            throw ControlError(.unknownCommand, "unknown command; use one of \(known)")
        }
        guard members.allSatisfy({ ["version", "command"].contains($0.name) || allowed.contains($0.name) }) else {
            let those = allowed.isEmpty ? "no argument" : allowed.sorted().joined(separator: ", ")
            throw ControlError(.badArgument, "unknown argument; \(name) takes \(those)")
        }
        self = try Self.command(named: name, ControlArguments(command: name, members: request))
    }

    private static func command(
        named name: String,
        _ arguments: ControlArguments
    ) throws(ControlError) -> ControlCommand {
        switch name {
        case "version": return .version
        case "status": return .status
        case "stats": return .stats
        case "list":
            let address: String? = try arguments.optional("address", "a string")
            return .list(ConnectionFilter(address: address, listener: try arguments.optional("listener", "a string")))
        case "show": return .show(id: try arguments.required("id", "the number of a connection"))
        case "kick":
            let id: UInt64 = try arguments.required("id", "the number of a connection")
            return .kick(id: id, reason: try arguments.reason())
        case "reload": return .reload
        case "drain": return .drain
        case "loglevel":
            return .logLevel(try arguments.required("level", "a string"), duration: try arguments.logLevelDuration())
        default: preconditionFailure("a known command without a parser: \(name)")
        }
    }
}

/// The arguments of one request.
private struct ControlArguments {
    let command: String
    let members: JSONValue

    func optional<Value: JSONConvertible>(_ name: String, _ expected: String) throws(ControlError) -> Value? {
        guard let value = Value?(json: self.members[name] ?? .null) else { throw self.refusal(of: name, expected) }
        return value
    }

    func required<Value: JSONConvertible>(_ name: String, _ expected: String) throws(ControlError) -> Value {
        guard let value: Value = try self.optional(name, expected) else { throw self.refusal(of: name, expected) }
        return value
    }

    /// The reason of a kick; empty without one.
    func reason() throws(ControlError) -> String {
        let expected = "a string of at most \(ControlProtocol.reasonBytesMax) bytes"
        let reason: String = try self.optional("reason", expected) ?? ""
        guard reason.utf8.count <= ControlProtocol.reasonBytesMax else { throw self.refusal(of: "reason", expected) }
        return reason
    }

    func logLevelDuration() throws(ControlError) -> Duration? {
        let max = ControlProtocol.logLevelDurationMax
        let expected = "microseconds, over 0 and at most \(max.microseconds)"
        guard let duration: Duration = try self.optional("for_usec", expected) else { return nil }
        guard duration > .zero, duration <= max else { throw self.refusal(of: "for_usec", expected) }
        return duration
    }

    private func refusal(of name: String, _ expected: String) -> ControlError {
        ControlError(.badArgument, "\(self.command): \(name) must be \(expected)")
    }
}
