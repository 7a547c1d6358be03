import Logging
import Systemd

/// Everything that a line of the log says, before it has a format.
///
/// Its message and fields are safe text: no format has to fear a control character in them.
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
    /// - Parameter metadata: what the logger carries by itself; the event's own wins where both have a key.
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
