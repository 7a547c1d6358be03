/// A log format: a pure function from a record to bytes.
protocol LogRendering: Sendable {
    func render(_ record: LogRecord) -> RenderedRecord
}
