import Logging
import Systemd

/// The contents of a log line, independent of the format.
///
/// The message and the fields are safe text, so a format need not escape control characters.
struct LogRecord: Sendable {
    var time: LogTime
    var level: Logger.Level
    /// The label of the logger.
    var logger: String
    var message: String
    var fields: [LogField]
    var file: String
    var function: String
    var line: UInt
}

extension LogRecord {
    /// Makes a record of an event.
    ///
    /// - Parameter metadata: the logger's own metadata. The event's metadata takes precedence.
    init(_ event: LogEvent, logger: String, metadata: Logger.Metadata, at time: LogTime) {
        var metadata = metadata
        if let own = event.metadata {
            metadata.merge(own) { _, own in own }
        }
        if let error = event.error {
            metadata["error.message"] = "\(error)"
            metadata["error.type"] = "\(String(reflecting: type(of: error)))"
        }
        self.init(
            time: time,
            level: event.level,
            logger: SafeText.escaped(logger),
            message: SafeText.escaped(event.message.description),
            fields: LogField.leaves(of: metadata),
            file: event.file,
            function: event.function,
            line: event.line
        )
    }
}
