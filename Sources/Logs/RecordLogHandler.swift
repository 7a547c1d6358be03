import Logging

/// The handler of each `Logger`. It makes a record of an event, renders it and passes it to the sink.
struct RecordLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let rendering: any LogRendering
    private let sink: any LogSink
    private let sharedLevel: SharedLogLevel
    private var ownLevel: Logger.Level?
    private let now: @Sendable () -> LogTime

    init(
        label: String,
        rendering: any LogRendering,
        sink: any LogSink,
        level: SharedLogLevel,
        metadataProvider: Logger.MetadataProvider? = nil,
        now: @escaping @Sendable () -> LogTime = LogTime.now
    ) {
        self.label = label
        self.rendering = rendering
        self.sink = sink
        self.sharedLevel = level
        self.metadataProvider = metadataProvider
        self.now = now
    }

    /// The shared level, unless a level is set here. That level applies to this logger only, and later changes of the
    /// shared level do not affect it.
    var logLevel: Logger.Level {
        get { self.ownLevel ?? self.sharedLevel.level }
        set { self.ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var metadata = self.metadata
        if let provided = self.metadataProvider?.get() {
            metadata.merge(provided) { _, provided in provided }
        }
        let record = LogRecord(event, logger: self.label, metadata: metadata, at: self.now())
        // Lost records are counted by the queue.
        _ = self.sink.write(self.rendering.render(record))
    }
}
