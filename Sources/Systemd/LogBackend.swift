import Glibc
import Logging

/// Connects `Logger` to the journal or to standard error.
public enum LogBackend {
    /// Makes every `Logger` created from now on write in `format`. Call it once, before the first of them.
    ///
    /// - Parameter identifier: the program's name, as `journalctl --identifier` finds it.
    /// - Returns: the level of all loggers, to change it while they run.
    public static func bootstrap(format: LogFormat, level: Logger.Level, identifier: String) -> SharedLogLevel {
        let sharedLevel = SharedLogLevel(level)
        let concrete = format.resolved(in: .current())
        let (rendering, sink) = self.output(concrete, identifier: identifier)
        LoggingSystem.bootstrap(
            { label, metadataProvider in
                RecordLogHandler(
                    label: label,
                    rendering: rendering,
                    sink: sink,
                    level: sharedLevel,
                    metadataProvider: metadataProvider
                )
            },
            metadataProvider: nil
        )
        if format == .journal && concrete != .journal {
            Logger(label: identifier).warning("no journal to be reached here; logging to standard error")
        }
        return sharedLevel
    }

    private static func output(
        _ format: LogFormat.Concrete,
        identifier: String
    ) -> (any LogRendering, any LogSink) {
        switch format {
        case .journal: (JournalRendering(identifier: identifier), JournalSink())
        case .text: (TextRendering(), DescriptorSink(descriptor: STDERR_FILENO))
        case .json: (JSONRendering(), DescriptorSink(descriptor: STDERR_FILENO))
        }
    }
}
