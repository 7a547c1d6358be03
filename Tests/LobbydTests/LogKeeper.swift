import Engine
import Logging

/// A log handler that stores all log lines.
final class LogKeeper: LogHandler {
    let lines = Locked<[(level: Logger.Level, message: String, metadata: Logger.Metadata)]>([])
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    let level: Logger.Level
    var logLevel: Logger.Level {
        get { self.level }
        set {}
    }

    init(level: Logger.Level = .trace) {
        self.level = level
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        self.lines.withLock { $0.append((event.level, event.message.description, event.metadata ?? [:])) }
    }
}
