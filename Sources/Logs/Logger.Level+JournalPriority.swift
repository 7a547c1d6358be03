import Logging

extension Logger.Level {
    /// The syslog priority. The journal sorts, filters and colours by it.
    var journalPriority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
