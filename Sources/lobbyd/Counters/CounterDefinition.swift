/// A counter of `lobbyctl stats`: its name, its meaning, and its place in `Source`.
struct CounterDefinition<Source>: Sendable {
    enum Kind: String, Sendable {
        /// The current value; it rises and falls.
        case gauge
        /// The number since the start; it only rises.
        case count
    }

    let name: String
    let kind: Kind
    /// A sentence in Markdown, for operators.
    let meaning: String
    /// Called on any thread that may read the source.
    let value: @Sendable (Source) -> UInt64

    /// - Parameter value: never negative.
    static func gauge(
        _ name: String,
        _ meaning: String,
        value: @escaping @Sendable (Source) -> some BinaryInteger & Sendable
    ) -> Self {
        Self(name: name, kind: .gauge, meaning: meaning) { UInt64(value($0)) }
    }

    /// - Parameter value: never negative.
    static func count(
        _ name: String,
        _ meaning: String,
        value: @escaping @Sendable (Source) -> some BinaryInteger & Sendable
    ) -> Self {
        Self(name: name, kind: .count, meaning: meaning) { UInt64(value($0)) }
    }
}
