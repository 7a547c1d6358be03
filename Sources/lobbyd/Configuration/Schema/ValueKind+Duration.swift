extension ValueKind where Value == Duration {
    /// A whole number and its unit: "250ms", "5s", "1m".
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        let bounds = "\(range.lowerBound.settingText.quoted) to \(range.upperBound.settingText.quoted)"
        return Self(expected: "a duration from \(bounds), a whole number of ms, s or m") { value in
            guard case .string(let text) = value.content, let duration = Duration(settingText: text) else { return nil }
            return range.contains(duration) ? duration : nil
        } render: {
            $0.settingText.quoted
        }
    }
}

extension Duration {
    /// The longest suffix first: "ms" also ends in "s".
    private static let units: [(suffix: String, milliseconds: Int64)] = [("ms", 1), ("s", 1000), ("m", 60_000)]

    init?(settingText text: String) {
        guard let unit = Self.units.first(where: { text.hasSuffix($0.suffix) }),
            let count = Int(decimalDigits: text.dropLast(unit.suffix.count))
        else { return nil }
        let (milliseconds, overflow) = Int64(count).multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflow else { return nil }
        self = .milliseconds(milliseconds)
    }

    /// In the largest unit that gives a whole number; what is under a millisecond has no text.
    var settingText: String {
        let (seconds, attoseconds) = self.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        guard milliseconds != 0 else { return "0s" }
        guard let unit = Self.units.last(where: { milliseconds.isMultiple(of: $0.milliseconds) }) else {
            preconditionFailure("\(milliseconds) is not a multiple of 1")
        }
        return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
    }
}
