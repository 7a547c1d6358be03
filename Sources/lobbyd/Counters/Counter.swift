import Control
import Logging

/// A counter's name and its value at one moment.
///
/// `lobbyctl stats` and `shutdown.finished` use the same name.
struct Counter: Sendable, Equatable {
    let name: String
    let value: UInt64

    /// - Parameter value: not negative.
    init(_ name: String, _ value: some BinaryInteger) {
        self.name = name
        self.value = UInt64(value)
    }

    var member: JSONValue.Member { JSONValue.Member(self.name, self.value.json) }
}

extension [Counter] {
    /// A field for each counter.
    var metadata: Logger.Metadata {
        Logger.Metadata(uniqueKeysWithValues: self.map { ($0.name, .stringConvertible($0.value)) })
    }
}
