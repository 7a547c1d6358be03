@testable import Engine

extension Instant {
    /// That many seconds after the beginning of time.
    static func seconds(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1_000_000_000)) }
}
