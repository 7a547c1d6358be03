/// A value that is sent as a JSON object. Its members are declared once, for writing and for reading.
///
/// A reader ignores unknown members, so a later lobbyd can add some. A missing member is an error unless it is
/// optional.
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

/// A member of a report: its name and its property.
public struct ReportMember<Root>: Sendable {
    public let name: String
    let read: @Sendable (Root) -> JSONValue
    /// Returns false when the JSON value has the wrong type.
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
