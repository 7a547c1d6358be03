import Engine

/// One key of a section: its name, where its value goes, what it takes. Decoding, dump and every error text come from it.
struct SettingKey<Section>: Sendable {
    let name: String
    /// For operators, one line.
    let summary: String
    let expected: String
    let isRequired: Bool
    let decode: @Sendable (TOMLValue, SettingPath, inout Section, inout Findings) -> Void
    /// The value as TOML; nil leaves the key out.
    private(set) var render: @Sendable (Section) -> String?
    /// Takes the value over from another section.
    let copy: @Sendable (_ source: Section, _ target: inout Section) -> Void
    /// Whether a reload leaves it as it is.
    private(set) var needsRestart = false
    /// Of a listener: the transport that has the key; nil where each has it.
    private(set) var transport: Transport?

    init<Value>(
        _ name: String,
        _ property: WritableKeyPath<Section, Value> & Sendable,
        _ kind: ValueKind<Value>,
        isRequired: Bool = false,
        _ summary: String
    ) {
        self.name = name
        self.summary = summary
        self.expected = kind.expected
        self.isRequired = isRequired
        self.decode = { value, path, section, findings in
            guard let parsed = kind.parse(value) else {
                let message = "\(path.section).\(name): \(kind.refusal(of: value))"
                return findings.report(message, at: value.position, spoiling: path)
            }
            section[keyPath: property] = parsed
        }
        self.render = { kind.render($0[keyPath: property]) }
        self.copy = { $1[keyPath: property] = $0[keyPath: property] }
    }

    /// An array, of at least one element unless it can be empty. An element that is refused is left out; the path of one that
    /// is taken counts only those that are.
    init<Value>(
        _ name: String,
        _ property: WritableKeyPath<Section, [Value]> & Sendable,
        listOf kind: ValueKind<Value>,
        canBeEmpty: Bool = false,
        isRequired: Bool = false,
        _ summary: String
    ) {
        let expected = "an array\(canBeEmpty ? "" : " with at least one element"), each \(kind.expected)"
        self.name = name
        self.summary = summary
        self.expected = expected
        self.isRequired = isRequired
        self.decode = { value, path, section, findings in
            guard case .array(let elements) = value.content, canBeEmpty || !elements.isEmpty else {
                let message = "\(path.section).\(name): found \(value.found), expected \(expected)"
                return findings.report(message, at: value.position, spoiling: path)
            }
            var taken: [Value] = []
            for element in elements {
                guard let parsed = kind.parse(element) else {
                    let message = "\(path.section).\(name): \(kind.refusal(of: element))"
                    findings.report(message, at: element.position, spoiling: path)
                    continue
                }
                findings.note(path.element(taken.count), at: element.position)
                taken.append(parsed)
            }
            section[keyPath: property] = taken
        }
        self.render = { section in
            "[" + section[keyPath: property].compactMap(kind.render).joined(separator: ", ") + "]"
        }
        self.copy = { $1[keyPath: property] = $0[keyPath: property] }
    }
}

extension SettingKey {
    /// The same key, for what a running process can't change.
    var afterRestart: Self {
        var key = self
        key.needsRestart = true
        return key
    }
}

extension SettingKey<ListenerSettings> {
    func isOnlyElsewhere(than transport: Transport) -> Bool { self.transport.map { $0 != transport } ?? false }

    /// The same key, for listeners with this transport. A dump leaves it out elsewhere, and `ConfigurationRules` refuses it.
    func only(_ transport: Transport) -> Self {
        var key = self
        key.transport = transport
        let render = self.render
        key.render = { $0.transport == transport ? render($0) : nil }
        return key
    }
}
