/// Escape sequences for bold and reversed text.
enum TerminalStyle {
    static func bold(_ text: String) -> String { "\u{1B}[1m\(text)\u{1B}[0m" }
    static func reversed(_ text: String) -> String { "\u{1B}[7m\(text)\u{1B}[0m" }
}
