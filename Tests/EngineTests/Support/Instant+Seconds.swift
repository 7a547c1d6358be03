@testable import Engine

extension Instant {
    /// The instant this many seconds after the clock's zero.
    static func seconds(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1_000_000_000)) }
}
