import CLinux
import Glibc

/// A time on the system's monotonic clock, which stops while the machine is suspended.
public struct Instant: Comparable, Hashable, Sendable {
    /// Nanoseconds since a start chosen by the system, such as its boot.
    public let nanoseconds: Int64

    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    public static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    public static func + (instant: Instant, duration: Duration) -> Instant {
        let (sum, hasOverflowed) = instant.nanoseconds.addingReportingOverflow(duration.nanosecondCount)
        return Instant(nanoseconds: hasOverflowed ? (duration < .zero ? .min : .max) : sum)
    }

    public static func - (instant: Instant, duration: Duration) -> Instant { instant + (.zero - duration) }

    public static func - (left: Instant, right: Instant) -> Duration {
        .nanoseconds(left.nanoseconds.subtractingReportingOverflow(right.nanoseconds).partialValue)
    }
}

extension Duration {
    /// Longer than any wait.
    static let maximum = Duration.nanoseconds(Int64.max)

    /// The duration in nanoseconds. Durations over about 292 years are cut to the longest representable one.
    public var nanosecondCount: Int64 {
        let (seconds, attoseconds) = self.components
        let (product, hasOverflowed) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, sumHasOverflowed) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return hasOverflowed || sumHasOverflowed ? (seconds < 0 ? .min : .max) : sum
    }
}
