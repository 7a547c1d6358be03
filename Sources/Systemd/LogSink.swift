/// Where finished records go. A call may come from any thread, and returns when the record is handed over.
protocol LogSink: Sendable {
    func write(_ record: RenderedRecord)
}
