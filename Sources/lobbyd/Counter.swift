import Control
import Logging

/// A count under the name that it has in `lobbyctl stats` and in `shutdown.finished`.
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
    /// A field for each.
    var metadata: Logger.Metadata {
        Logger.Metadata(uniqueKeysWithValues: self.map { ($0.name, .stringConvertible($0.value)) })
    }
}
