/// Decides which events about the control socket's file are logged: one for each loss, and one for each new reason.
struct ControlWatch {
    enum News: Equatable {
        case lost(reason: String)
        case reopened
    }

    /// The logged reason of the loss; nil while the file is there.
    private var reason: String?

    /// - Parameter reason: the logged reason why there is no file at startup; nil if the file is there.
    init(reason: String? = nil) {
        self.reason = reason
    }

    /// The file is there.
    mutating func found() -> [News] {
        guard self.reason != nil else { return [] }
        self.reason = nil
        return [.reopened]
    }

    /// The file is gone, and could not be created again.
    mutating func lost(_ reason: String) -> [News] {
        guard reason != self.reason else { return [] }
        self.reason = reason
        return [.lost(reason: reason)]
    }

    /// The file was gone, and was created again at once.
    mutating func reopened(after reason: String) -> [News] {
        let isNew = self.reason == nil
        self.reason = nil
        return (isNew ? [.lost(reason: reason)] : []) + [.reopened]
    }
}
