import Glibc

/// A time of the wall clock, with the local zone's offset.
struct LogTime: Sendable, Equatable {
    /// Seconds since 1970 in UTC.
    var seconds: Int
    var nanoseconds: Int
    /// The local zone's offset from UTC in seconds, positive east of Greenwich.
    var utcOffset: Int

    static func now() -> LogTime {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var local = tm()
        localtime_r(&now.tv_sec, &local)
        return LogTime(seconds: now.tv_sec, nanoseconds: now.tv_nsec, utcOffset: local.tm_gmtoff)
    }

    /// `2026-01-31T13:05:09.000123Z`
    var utc: String { self.date(ahead: 0) + "Z" }

    /// `2026-01-31T14:05:09.000123+01:00`
    var local: String {
        let minutes = abs(self.utcOffset) / 60
        let sign = self.utcOffset < 0 ? "-" : "+"
        return "\(self.date(ahead: self.utcOffset))\(sign)\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))"
    }

    private func date(ahead: Int) -> String {
        var shifted = self.seconds + ahead
        var date = tm()
        gmtime_r(&shifted, &date)
        let day = "\(padded(date.tm_year + 1900, 4))-\(padded(date.tm_mon + 1, 2))-\(padded(date.tm_mday, 2))"
        let time = "\(padded(date.tm_hour, 2)):\(padded(date.tm_min, 2)):\(padded(date.tm_sec, 2))"
        return "\(day)T\(time).\(padded(self.nanoseconds / 1000, 6))"
    }
}

private func padded(_ number: some BinaryInteger, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
