import Logging
import Systemd

@testable import Logs

/// A sink that stores all records.
final class CapturingSink: LogSink {
    private let captured = Monitor<[RenderedRecord]>([])

    var records: [RenderedRecord] { self.captured.change { $0 } }
    var texts: [String] { self.records.map { String(decoding: $0.bytes, as: UTF8.self) } }

    @discardableResult
    func write(_ record: RenderedRecord) -> Bool {
        self.captured.change { $0.append(record) }
        return true
    }
}

extension RenderedRecord {
    var partTexts: [String] { self.parts.map { String(decoding: self.bytes[$0], as: UTF8.self) } }
}

extension LogTime {
    /// 2026-01-31 13:05:09.000123 UTC, in a time zone one hour ahead.
    static let sample = LogTime(seconds: 1_769_864_709, nanoseconds: 123_456, utcOffset: 3600)
}

extension LogRecord {
    static func sample(
        _ message: String = "listener.bound",
        level: Logger.Level = .notice,
        logger: String = "lobbyd",
        metadata: Logger.Metadata = [:]
    ) -> LogRecord {
        let event = LogEvent(
            level: level,
            message: "\(message)",
            metadata: nil,
            source: nil,
            file: "PandaNet/ConnectionListener.swift",
            function: "bind()",
            line: 42
        )
        return LogRecord(event, logger: logger, metadata: metadata, at: .sample)
    }
}
