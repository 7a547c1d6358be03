extension UInt64 {
    /// The number in at most five characters: `9999`, `10.0k`, `123k`, `1.23M`. Each unit is a factor of 1,000. Digits
    /// are cut, never rounded up.
    var compact: String {
        guard self >= 10_000 else { return String(self) }
        let units: [(scale: UInt64, letter: String)] = [
            (1_000_000_000_000_000_000, "E"), (1_000_000_000_000_000, "P"), (1_000_000_000_000, "T"),
            (1_000_000_000, "G"), (1_000_000, "M"), (1000, "k"),
        ]
        guard let unit = units.first(where: { self >= $0.scale }) else { return String(self) }
        let hundredths = self / (unit.scale / 100)
        let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        let digits =
            switch whole {
            case 100...: ""
            case 10...: ".\(rest / 10)"
            default: "." + String(rest).zeroPadded(to: 2)
            }
        return "\(whole)\(digits)\(unit.letter)"
    }
}

extension Duration {
    private var split: (days: Int64, hours: Int64, minutes: Int64, seconds: Int64) {
        let seconds = max(0, self.components.seconds)
        return (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)
    }

    /// The two largest units, for a sentence: `3 d 4 h`, `12 s`.
    var forPeople: String {
        let (days, hours, minutes, seconds) = self.split
        if days > 0 { return "\(days) d \(hours) h" }
        if hours > 0 { return "\(hours) h \(minutes) m" }
        return minutes > 0 ? "\(minutes) m \(seconds) s" : "\(seconds) s"
    }

    /// A short form for a column: `3d04h`, `12s`.
    var compact: String {
        let (days, hours, minutes, seconds) = self.split
        if days > 0 { return "\(days)d\(String(hours).zeroPadded(to: 2))h" }
        if hours > 0 { return "\(hours)h\(String(minutes).zeroPadded(to: 2))m" }
        return minutes > 0 ? "\(minutes)m\(String(seconds).zeroPadded(to: 2))s" : "\(seconds)s"
    }
}

extension String {
    /// Adds leading zeros up to `width` characters.
    fileprivate func zeroPadded(to width: Int) -> String {
        String(repeating: "0", count: max(0, width - self.count)) + self
    }
}
