/// A duration as text, in files, on command lines and in messages: a whole number and its unit, such as `250ms`, `10s`,
/// `5m`, `1h` or `2d`.
extension Duration {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// The end of "expected a duration, …".
    public static let textForm = "a whole number of ms, s, m, h or d"

    /// nil when the text is not a duration.
    public init?(text: String) {
        let digits = text.utf8.prefix(while: Self.isDigit)
        let name = text.utf8[digits.endIndex...]
        guard let count = Int64(String(digits) ?? ""),
            let unit = Self.units.first(where: { $0.name.utf8.elementsEqual(name) })
        else { return nil }
        let (milliseconds, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflow else { return nil }
        self = .milliseconds(milliseconds)
    }

    /// The duration in the largest unit that gives a whole number. Fractions of a millisecond are cut.
    public var text: String {
        let (seconds, attoseconds) = self.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        guard milliseconds != 0 else { return "0s" }
        guard let unit = Self.units.last(where: { milliseconds.isMultiple(of: $0.milliseconds) }) else {
            preconditionFailure("\(milliseconds) is not a multiple of 1")
        }
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }

    /// The probably intended text for a number without a unit: the same number in seconds. nil for any other text, and
    /// outside `range`.
    public static func meant(by text: String, in range: ClosedRange<Duration>) -> String? {
        guard text.utf8.allSatisfy(Self.isDigit), let meant = Duration(text: text + "s") else { return nil }
        return range.contains(meant) ? text + "s" : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
