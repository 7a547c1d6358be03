/// How log lines leave the process; `auto` takes the journal when stderr is one, text on a terminal, JSON lines elsewhere.
public enum LogFormat: String, Sendable, CaseIterable { case auto, journal, text, json }
