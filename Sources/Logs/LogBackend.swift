import Glibc
import Logging

/// Connects `Logger` to the journal or to standard error.
///
/// Who logs never waits for either: a thread writes what is logged, and drops and counts what it can't keep up with.
public struct LogBackend: Sendable {
    /// The level of all loggers, to change it while they run.
    public let level: SharedLogLevel
    private let queue: LogQueue

    /// Makes every `Logger` created from now on write in `format`. Call it once, before the first of them, with those signals
    /// blocked that only one thread shall get: it starts a thread, where the system has one for it.
    ///
    /// - Parameters:
    ///   - identifier: the program's name, as `journalctl --identifier` finds it.
    ///   - messageIDs: the `MESSAGE_ID` of messages, 32 lower-case hexadecimal digits each, by which a catalog explains them.
    public static func bootstrap(
        format: LogFormat,
        level: Logger.Level,
        identifier: String,
        messageIDs: [String: String] = [:]
    ) -> LogBackend {
        let concrete = format.resolved(in: .current())
        let (rendering, sink) = self.output(concrete, identifier: identifier, messageIDs: messageIDs)
        let queue = LogQueue(before: sink) { rendering.render($0.record(logger: identifier, at: .now())) }
        queue.start()
        let backend = LogBackend(level: SharedLogLevel(level), queue: queue)
        LoggingSystem.bootstrap(
            { label, metadataProvider in
                RecordLogHandler(
                    label: label,
                    rendering: rendering,
                    sink: queue,
                    level: backend.level,
                    metadataProvider: metadataProvider
                )
            },
            metadataProvider: nil
        )
        if format == .journal && concrete != .journal {
            Logger(label: identifier).warning("no journal to be reached here; logging to standard error")
        }
        return backend
    }

    /// How much of what was logged was dropped so far, because its reader did not keep up or it could not be written. Any
    /// thread.
    public var droppedCount: Int { self.queue.droppedCount }

    /// Waits until all that was logged is written: the last lines before the end of the process.
    ///
    /// - Parameter limit: how long, at the most; a reader that has stopped must not keep the process.
    /// - Returns: false when something is left.
    @discardableResult
    public func flush(within limit: Duration = .seconds(1)) -> Bool {
        self.queue.flush(within: limit)
    }

    private static func output(
        _ format: LogFormat.Concrete,
        identifier: String,
        messageIDs: [String: String]
    ) -> (any LogRendering, any LogSink) {
        switch format {
        case .journal: (JournalRendering(identifier: identifier, messageIDs: messageIDs), JournalSink())
        case .text: (TextRendering(), DescriptorSink(descriptor: STDERR_FILENO))
        case .json: (JSONRendering(), DescriptorSink(descriptor: STDERR_FILENO))
        }
    }
}
