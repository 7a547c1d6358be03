/// A state change of the service that its manager tracks.
enum NotifyMoment: Sendable, Equatable {
    case ready
    /// - Parameter at: microseconds on the monotonic clock.
    case reloading(at: UInt64)
    case stopping
    /// - Parameter errno: the kind of failure.
    case failed(errno: CInt)

    var message: NotifyMessage {
        switch self {
        case .ready: .ready
        case .reloading(let microseconds): .reloading(at: microseconds)
        case .stopping: .stopping
        case .failed(let errno): .errno(errno)
        }
    }
}
