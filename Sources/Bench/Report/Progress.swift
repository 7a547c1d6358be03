/// The progress of a run.
public enum Progress: Sendable, Equatable {
    case connecting(open: Int, of: Int)
    /// The rates are of the last second.
    case running(second: Int, publishedPerSecond: Int, deliveredPerSecond: Int)

    /// One line, without a line break.
    public var line: String {
        switch self {
        case .connecting(let open, let all):
            "\(Numbers.grouped(open)) of \(Numbers.grouped(all)) connected"
        case .running(let second, let published, let delivered):
            "\(second) s: \(Numbers.grouped(published)) published/s, \(Numbers.grouped(delivered)) delivered/s"
        }
    }
}
