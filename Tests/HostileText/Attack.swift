/// Text that a peer may send to begin a log line, steer a terminal, end a string or fill the log.
public struct Attack: Sendable, CustomStringConvertible {
    public let name: String
    public let text: String

    /// The name only, because the text would act on the terminal that shows the test's output.
    public var description: String { self.name }

    public static let all = [
        Attack(name: "newline", text: "a\nJan 31 13:05:09 notice ready"),
        Attack(name: "carriage return and newline", text: "a\r\nb"),
        Attack(name: "terminal escapes", text: "\u{1B}[2J\u{1B}]0;owned\u{7}"),
        Attack(name: "NUL", text: "a\u{0}b"),
        Attack(name: "8-bit terminal escape", text: "\u{9B}31m"),
        Attack(name: "8-bit newline", text: "\u{85}"),
        Attack(name: "delete", text: "\u{7F}"),
        Attack(name: "line and paragraph separators", text: "\u{2028}x\u{2029}"),
        Attack(name: "text direction", text: "\u{202E}gnp.exe"),
        Attack(name: "zero width", text: "\u{200B}"),
        Attack(name: "quote", text: "\" level=critical x=\""),
        Attack(name: "end of an object", text: #""},{"level":"critical"#),
        Attack(name: "escapes already", text: #"\n\u{1B}"#),
        Attack(name: "backslash at the end", text: #"\"#),
        Attack(name: "very long", text: "\n" + String(repeating: "x", count: 100_000)),
        Attack(name: "very long, all escapes", text: String(repeating: "\u{1B}", count: 100_000)),
    ]
}
