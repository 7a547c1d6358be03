/// The destination of rendered records. Any thread may call it. The call returns when the record is handed over.
protocol LogSink: Sendable {
    /// Takes a record.
    ///
    /// - Returns: false when the record is lost, in whole or in part.
    func write(_ record: RenderedRecord) -> Bool
}
