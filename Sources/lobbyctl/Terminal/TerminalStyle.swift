/// Tells a terminal how to show a text.
enum TerminalStyle {
    static func bold(_ text: String) -> String { "\u{1B}[1m\(text)\u{1B}[0m" }
    static func reversed(_ text: String) -> String { "\u{1B}[7m\(text)\u{1B}[0m" }
}
