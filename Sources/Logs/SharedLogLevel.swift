import Logging
import Synchronization

/// The level that every logger without one of its own logs at. It can be changed while they log, from any thread.
public final class SharedLogLevel: Sendable {
    private static let levels = Logger.Level.allCases

    /// The place of the level in `levels`. Relaxed: nothing else is published with it.
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
