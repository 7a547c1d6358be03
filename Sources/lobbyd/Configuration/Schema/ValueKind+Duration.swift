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

    /// A duration of whole seconds, for a socket option that takes only those. Zero switches the option off.
    static func secondsOrOff(_ range: ClosedRange<Duration>) -> Self {
        let duration = Self.duration(.zero...range.upperBound)
        let bounds = "\(range.lowerBound.text.quoted) to \(range.upperBound.text.quoted)"
        return Self(expected: "a duration from \(bounds), a whole number of s, m or h, or \"0s\" for off") { value in
            guard let duration = duration.parse(value), duration.components.attoseconds == 0 else { return nil }
            return duration == .zero || range.contains(duration) ? duration : nil
        } render: {
            duration.render($0)
        } meaning: {
            Duration.meant(by: $0, in: range) ?? Duration.meant(by: $0, in: .zero ... .zero)
        }
    }
}
