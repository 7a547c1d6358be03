import Logging

/// An event that lobbyd logs, with every fact about it.
///
/// `systemd/lobbyd.catalog` and the table of events in docs/operations.md are generated from here. A new event is a
/// static member in the file of its area and an entry in the list at the top of that file.
///
/// All texts are Markdown for operators.
struct DaemonEvent: Sendable {
    /// Another level of the event, for some of its cases.
    struct ConditionalLevel: Sendable {
        let level: Logger.Level
        /// The case, such as `where the client broke a rule`.
        let condition: String
    }

    /// The message of its lines in the log. Operators and programs search for it, so a name never changes.
    let name: String
    /// The `MESSAGE_ID`: 32 lower-case hexadecimal digits, by which `journalctl --catalog` finds the explanation.
    ///
    /// An id never changes, and no other event gets it later. `systemd-id128 new` makes one.
    let id: String
    let level: Logger.Level
    let otherLevels: [ConditionalLevel]
    /// The keys of its metadata. Each line has the fields that apply to it.
    let fields: [String]
    /// Whether each counter of `lobbyctl stats` is a field too.
    let hasCounters: Bool
    /// A sentence about the event, then a short remedy where the operator can do something.
    let meaning: String
    /// The catalog's headline. `@FIELD@` stands for the value of that journal field.
    let subject: String
    /// The manual page that the catalog names.
    let manual: String
    private let text: @Sendable () -> String

    /// The catalog's explanation and remedy: one paragraph or list item per line, with an empty line between
    /// paragraphs.
    ///
    /// Made at each call: only documents need it.
    var body: String { self.text() }

    init(
        _ name: String,
        id: String,
        _ level: Logger.Level,
        otherLevels: [ConditionalLevel] = [],
        fields: [String],
        hasCounters: Bool = false,
        meaning: String,
        subject: String,
        manual: String = "lobbyd(8)",
        body: @autoclosure @escaping @Sendable () -> String
    ) {
        self.name = name
        self.id = id
        self.level = level
        self.otherLevels = otherLevels
        self.fields = fields
        self.hasCounters = hasCounters
        self.meaning = meaning
        self.subject = subject
        self.manual = manual
        self.text = body
    }

    func isLogged(at level: Logger.Level) -> Bool {
        level == self.level || self.otherLevels.contains { $0.level == level }
    }
}

extension DaemonEvent: CustomStringConvertible {
    var description: String { self.name }
}

extension DaemonEvent: Hashable {
    static func == (left: DaemonEvent, right: DaemonEvent) -> Bool { left.name == right.name }

    func hash(into hasher: inout Hasher) { hasher.combine(self.name) }
}
