/// A format of the log: a pure function from a record to its bytes.
protocol LogRendering: Sendable {
    func render(_ record: LogRecord) -> RenderedRecord
}
