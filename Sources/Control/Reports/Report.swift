/// A value that travels as a JSON object, whose members are named once for writing and reading.
///
/// A reader ignores members that it does not know, so that a later lobbyd can say more; one that is missing is an error, unless
/// it is optional.
public protocol Report: JSONConvertible, Equatable {
    init()
    static var members: [ReportMember<Self>] { get }
}

extension Report {
    public var json: JSONValue {
        .object(Self.members.map { JSONValue.Member($0.name, $0.read(self)) })
    }

    public init?(json: JSONValue) {
        guard case .object = json else { return nil }
        self.init()
        for member in Self.members {
            guard member.write(&self, json[member.name] ?? .null) else { return nil }
        }
    }
}

/// One member of a report: what it is called, and where its value is.
public struct ReportMember<Root>: Sendable {
    public let name: String
    let read: @Sendable (Root) -> JSONValue
    /// false: the value is of another kind.
    let write: @Sendable (inout Root, JSONValue) -> Bool

    init<Value: JSONConvertible>(_ name: String, _ property: WritableKeyPath<Root, Value> & Sendable) {
        self.name = name
        self.read = { $0[keyPath: property].json }
        self.write = { root, json in
            guard let value = Value(json: json) else { return false }
            root[keyPath: property] = value
            return true
        }
    }
}
