import Glibc
import Logging

/// Connects `Logger` to the journal or to standard error.
///
/// Logging never blocks the caller. A separate thread writes the records. It drops and counts the records that it
/// cannot write in time.
public struct LogBackend: Sendable {
    /// The level of all loggers. It can be changed at any time.
    public let level: SharedLogLevel
    private let queue: LogQueue

    /// Makes every later `Logger` write in `format`. It starts a thread, unless the system is out of threads.
    ///
    /// Call it once, before the first logger is created. Before that, block the signals that only one thread shall
    /// receive: the new thread inherits the blocked signals.
    ///
    /// - Parameters:
    ///   - identifier: the program's name, for `journalctl --identifier`.
    ///   - messageIDs: the `MESSAGE_ID` of each message, 32 lower-case hexadecimal digits. The journal's catalog
    ///     explains a message by its id.
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
            Logger(label: identifier).warning("the journal is unreachable; logging to standard error")
        }
        return backend
    }

    /// The number of dropped records so far: the reader was too slow, or a write failed. Any thread may read it.
    public var droppedCount: Int { self.queue.droppedCount }

    /// Waits until all records are written. Call it before the process ends.
    ///
    /// - Parameter limit: the longest wait. A reader that hangs must not keep the process alive.
    /// - Returns: false when some records are not written yet.
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
