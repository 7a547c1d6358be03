import Control
import Engine
import Program

/// The facts that documents take from the program, as one JSON object for `scripts/generate`. Texts are Markdown.
///
/// `lobbyd --print-reference` prints it.
enum Reference {
    static var json: JSONValue {
        [
            "settings": ConfigurationSchema.json,
            "events": .array(DaemonEvent.all.map(\.json)),
            "counters": .array(self.counters),
            "exit_statuses": [
                "lobbyd": .array(ExitStatus.allCases.map { self.status($0.rawValue, $0.meaning) }),
                "lobbyctl": .array(LobbyctlExit.allCases.map { self.status($0.rawValue, $0.meaning) }),
            ],
            "close_reasons": .array(CloseReason.allCases.map(self.reason)),
            "refusal_reasons": .array(RefusalReason.allCases.map(self.reason)),
            "control_errors": .array(ControlError.Code.allCases.map(self.error)),
        ]
    }

    private static var counters: [JSONValue] {
        CounterGroup.engine.map(\.json)
            + [
                CounterGroup.udpLosses.json, CounterGroup.udpSockets.json, CounterGroup.daemon.json,
                CounterGroup.control.json,
            ]
    }

    private static func status(_ status: Int32, _ meaning: String) -> JSONValue {
        ["status": .integer(Int(status)), "meaning": meaning.json]
    }

    private static func reason(_ reason: CloseReason) -> JSONValue {
        [
            "reason": reason.rawValue.json,
            "meaning": reason.meaning.json,
            "client_sees": reason.clientSees.json,
            "level": reason.logLevel.rawValue.json,
        ]
    }

    private static func reason(_ reason: RefusalReason) -> JSONValue {
        [
            "reason": reason.rawValue.json,
            "meaning": reason.meaning.json,
            "level": reason.logLevel.rawValue.json,
        ]
    }

    private static func error(_ code: ControlError.Code) -> JSONValue {
        ["code": code.rawValue.json, "meaning": code.meaning.json]
    }
}

extension DaemonEvent {
    fileprivate var json: JSONValue {
        [
            "name": self.name.json,
            "id": self.id.json,
            "level": self.level.rawValue.json,
            "other_levels": .array(
                self.otherLevels.map { ["level": $0.level.rawValue.json, "condition": $0.condition.json] }
            ),
            "fields": self.fields.json,
            "has_counters": self.hasCounters.json,
            "meaning": self.meaning.json,
            "subject": self.subject.json,
            "manual": self.manual.json,
            "body": self.body.json,
        ]
    }
}

extension CounterGroup {
    fileprivate var json: JSONValue {
        [
            "title": self.title.json,
            "counters": .array(
                self.counters.map {
                    ["name": $0.name.json, "kind": $0.kind.rawValue.json, "meaning": $0.meaning.json]
                }
            ),
        ]
    }
}
