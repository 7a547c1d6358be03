import Engine

/// One key of a section. Decoding, dump, every error text and every document come from it.
struct SettingKey<Section>: Sendable {
    let name: String
    /// For operators: a line with the summary, a sentence; then lines that explain it, of which those that begin with "- " are
    /// the items of a list. Names and values are between backticks.
    let documentation: String
    let expected: String
    /// What a number counts; nil where the value is no number, or tells its unit itself.
    let unit: String?
    let isRequired: Bool
    let reload: ReloadEffect
    let decode: @Sendable (TOMLValue, SettingPath, inout Section, inout Findings) -> Void
    /// The value as TOML; nil where it has none.
    let value: @Sendable (Section) -> String?
    /// Takes the value over from another section.
    let copy: @Sendable (_ source: Section, _ target: inout Section) -> Void
    /// Of a listener: the transport that has the key, and a section's own one; nil where each has it.
    private var transports: (key: Transport, of: @Sendable (Section) -> Transport)?
    /// Of a limit that a datagram with its header has to fit under: its bytes, nil for no limit.
    private(set) var bytesForDatagram: (@Sendable (Section) -> Int?)?

    init<Value>(
        _ name: String,
        _ property: WritableKeyPath<Section, Value> & Sendable,
        _ kind: ValueKind<Value>,
        unit: String? = nil,
        isRequired: Bool = false,
        reload: ReloadEffect = .atOnce,
        _ documentation: String
    ) {
        self.name = name
        self.documentation = documentation
        self.expected = kind.expected
        self.unit = unit
        self.isRequired = isRequired
        self.reload = reload
        self.decode = { value, path, section, findings in
            guard let parsed = kind.parse(value) else {
                let message = "\(path.section).\(name): \(kind.refusal(of: value))"
                return findings.report(message, at: value.position, spoiling: path)
            }
            section[keyPath: property] = parsed
        }
        self.value = { kind.render($0[keyPath: property]) }
        self.copy = { $1[keyPath: property] = $0[keyPath: property] }
    }

    /// An array, of at least one element unless it can be empty. An element that is refused is left out; the path of one that
    /// is taken counts only those that are.
    init<Value>(
        _ name: String,
        _ property: WritableKeyPath<Section, [Value]> & Sendable,
        listOf kind: ValueKind<Value>,
        canBeEmpty: Bool = false,
        unit: String? = nil,
        isRequired: Bool = false,
        reload: ReloadEffect = .atOnce,
        _ documentation: String
    ) {
        let expected = "an array\(canBeEmpty ? "" : " with at least one element"), each \(kind.expected)"
        self.name = name
        self.documentation = documentation
        self.expected = expected
        self.unit = unit
        self.isRequired = isRequired
        self.reload = reload
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
        self.value = { section in
            "[" + section[keyPath: property].compactMap(kind.render).joined(separator: ", ") + "]"
        }
        self.copy = { $1[keyPath: property] = $0[keyPath: property] }
    }
}

extension SettingKey {
    /// The first line of the documentation, without its full stop and marks.
    var summary: String {
        let sentence = self.documentation.prefix { $0 != "\n" }
        return String((sentence.hasSuffix(".") ? sentence.dropLast() : sentence).filter { $0 != "`" })
    }

    /// The transport that has the key; nil where each has it.
    var transport: Transport? { self.transports?.key }

    /// The value as TOML; nil leaves the key out.
    func render(_ section: Section) -> String? {
        self.isOnlyElsewhere(than: section) ? nil : self.value(section)
    }

    /// Whether the key is for listeners with another transport.
    func isOnlyElsewhere(than section: Section) -> Bool {
        self.transports.map { $0.key != $0.of(section) } ?? false
    }
}

extension SettingKey<ListenerSettings> {
    /// The same key, for listeners with this transport. A dump leaves it out elsewhere, and `ConfigurationRules` refuses it.
    func only(_ transport: Transport) -> Self {
        var key = self
        key.transports = (transport, { $0.transport })
        return key
    }
}

extension SettingKey<LimitSettings> {
    /// The same key, which `ConfigurationRules` refuses where no datagram of the longest kind fits under it.
    func fittingDatagram(_ bytes: @escaping @Sendable (LimitSettings) -> Int?) -> Self {
        var key = self
        key.bytesForDatagram = bytes
        return key
    }
}
