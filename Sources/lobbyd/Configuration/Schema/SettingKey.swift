import Engine

/// A key of a section. It is the source of decoding, the dump, the error texts and the documents.
struct SettingKey<Section>: Sendable {
    let name: String
    /// Text for operators. The first line is the summary, one sentence. Further lines explain it; a line that begins
    /// with "- " is an item of a list. Backticks enclose names and values.
    let documentation: String
    let expected: String
    /// The unit of a number; nil for other values and for values that contain their unit.
    let unit: String?
    let isRequired: Bool
    let reload: ReloadEffect
    let decode: @Sendable (TOMLValue, SettingPath, inout Section, inout Findings) -> Void
    /// The value as TOML; nil for a key without a value.
    let value: @Sendable (Section) -> String?
    /// Copies the value from another section.
    let copy: @Sendable (_ source: Section, _ target: inout Section) -> Void
    /// For listeners: the transport that has the key, and a function that returns a section's transport. nil for keys
    /// of every transport.
    private var transports: (key: Transport, of: @Sendable (Section) -> Transport)?
    /// For limits that must hold a datagram with its header: returns the limit in bytes, or nil for no limit.
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

    /// Makes a key whose value is an array. The array needs at least one element unless `canBeEmpty`.
    ///
    /// A refused element is left out. Element paths count the accepted elements only.
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
    /// The first line of the documentation, without its full stop and backticks.
    var summary: String {
        let sentence = self.documentation.prefix { $0 != "\n" }
        return String((sentence.hasSuffix(".") ? sentence.dropLast() : sentence).filter { $0 != "`" })
    }

    /// The transport that has the key; nil for keys of every transport.
    var transport: Transport? { self.transports?.key }

    /// The value as TOML; nil leaves the key out.
    func render(_ section: Section) -> String? {
        self.isOnlyElsewhere(than: section) ? nil : self.value(section)
    }

    /// Whether only listeners of another transport have the key.
    func isOnlyElsewhere(than section: Section) -> Bool {
        self.transports.map { $0.key != $0.of(section) } ?? false
    }
}

extension SettingKey<ListenerSettings> {
    /// The same key, restricted to listeners with this transport. With another transport, the dump leaves the key out,
    /// and `ConfigurationRules` refuses it.
    func only(_ transport: Transport) -> Self {
        var key = self
        key.transports = (transport, { $0.transport })
        return key
    }
}

extension SettingKey<LimitSettings> {
    /// The same key with a minimum: `ConfigurationRules` refuses a limit under the longest allowed datagram with its
    /// header.
    func fittingDatagram(_ bytes: @escaping @Sendable (LimitSettings) -> Int?) -> Self {
        var key = self
        key.bytesForDatagram = bytes
        return key
    }
}
