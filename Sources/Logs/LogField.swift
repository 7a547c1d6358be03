import Logging
import Systemd

/// A fact of a record: a leaf of its metadata.
struct LogField: Sendable, Equatable {
    var key: String
    var value: String
    /// Whether the value was an integer. JSON writes it as a number.
    var isNumber = false

    /// The limit on a key or a value in bytes. Peers can choose metadata values.
    static let valueBytesMax = 256

    /// Every leaf of `metadata`, sorted by key. Each key occurs once; keys and values are safe text.
    ///
    /// A dictionary gives a field for each entry, `outer.inner`. An array is one value.
    static func leaves(of metadata: Logger.Metadata) -> [LogField] {
        var leaves: [String: LogField] = [:]
        self.collect(metadata, under: "", into: &leaves)
        return leaves.values.sorted { $0.key < $1.key }
    }

    private static func collect(
        _ metadata: Logger.Metadata,
        under prefix: String,
        into leaves: inout [String: LogField]
    ) {
        for (name, value) in metadata {
            let key = SafeText.escaped(prefix + name, bytesMax: self.valueBytesMax)
            switch value {
            case .dictionary(let inner):
                self.collect(inner, under: prefix + name + ".", into: &leaves)
            case .stringConvertible(let value as any BinaryInteger):
                leaves[key] = LogField(key: key, value: "\(value)", isNumber: true)
            case .string, .stringConvertible, .array:
                let text = SafeText.escaped(value.description, bytesMax: self.valueBytesMax)
                leaves[key] = LogField(key: key, value: text)
            }
        }
    }
}
