/// Decides which events the log gets about the control socket's file, from a look at it now and then: one for each loss and
/// each new reason, however long the loss goes on.
struct ControlWatch {
    enum News: Equatable {
        case lost(reason: String)
        case reopened
    }

    /// Why the file is lost, as the log was told; nil while it is there.
    private var reason: String?

    /// - Parameter reason: why there is no file at the start, as the log was told.
    init(reason: String? = nil) {
        self.reason = reason
    }

    /// The file is there.
    mutating func found() -> [News] {
        guard self.reason != nil else { return [] }
        self.reason = nil
        return [.reopened]
    }

    /// The file is not there, and could not be made again.
    mutating func lost(_ reason: String) -> [News] {
        guard reason != self.reason else { return [] }
        self.reason = reason
        return [.lost(reason: reason)]
    }

    /// The file was not there, and was made again at once.
    mutating func reopened(after reason: String) -> [News] {
        let isNew = self.reason == nil
        self.reason = nil
        return (isNew ? [.lost(reason: reason)] : []) + [.reopened]
    }
}
