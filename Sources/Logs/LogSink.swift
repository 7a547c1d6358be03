/// Where finished records go. A call may come from any thread, and returns when the record is handed over.
protocol LogSink: Sendable {
    /// - Returns: false when the record is lost, in whole or in part.
    func write(_ record: RenderedRecord) -> Bool
}
