import Logging
import Synchronization

/// The level of every logger without its own level. Any thread may change it at any time.
public final class SharedLogLevel: Sendable {
    private static let levels = Logger.Level.allCases

    /// The index of the level in `levels`. Relaxed ordering suffices, because it publishes no other data.
    private let index: Atomic<Int>

    public init(_ level: Logger.Level) {
        self.index = Atomic(Self.index(of: level))
    }

    public var level: Logger.Level {
        get { Self.levels[self.index.load(ordering: .relaxed)] }
        set { self.index.store(Self.index(of: newValue), ordering: .relaxed) }
    }

    private static func index(of level: Logger.Level) -> Int {
        self.levels.firstIndex(of: level)!
    }
}
