import Control

extension ValueKind where Value == Duration {
    /// A whole number and its unit: "250ms", "5s", "1m".
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        let bounds = "\(range.lowerBound.text.quoted) to \(range.upperBound.text.quoted)"
        return Self(expected: "a duration from \(bounds), \(Duration.textForm)") { value in
            guard case .string(let text) = value.content, let duration = Duration(text: text) else { return nil }
            return range.contains(duration) ? duration : nil
        } render: {
            $0.text.quoted
        } meaning: {
            Duration.meant(by: $0, in: range)
        }
    }
}
