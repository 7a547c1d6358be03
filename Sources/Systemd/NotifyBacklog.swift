/// What the service manager has still to be told: bounded, however long it does not listen.
///
/// | what | how much of it waits |
/// |---|---|
/// | moments of the service's life | in their order; of reloads that are over only the last |
/// | a sign of life, a longer timeout | one of each, the newest |
/// | the status | the newest |
struct NotifyBacklog: Sendable {
    private var moments: [(moment: NotifyMoment, status: String)] = []
    private var hasSignOfLife = false
    private var timeoutExtension: Duration?
    private var status: String?
    /// The status that the manager has, once it was told what waits.
    private var shown: String?
    private var isSending = false

    /// Everything was sent, or can't be.
    var isSent: Bool { !self.isSending && self.next == nil }

    mutating func add(_ moment: NotifyMoment, status: String) {
        if case .reloading = moment { self.forgetFinishedReload() }
        self.moments.append((moment, status))
        self.shown = status
        self.status = nil
    }

    /// Adds the status if it is another than before.
    mutating func add(status: String) {
        guard self.shown != status else { return }
        self.shown = status
        self.status = status
    }

    mutating func addSignOfLife() {
        self.hasSignOfLife = true
    }

    mutating func add(timeoutExtension duration: Duration) {
        self.timeoutExtension = duration
    }

    /// - Returns: what to send next, before a call of `sent`; nil when nothing waits.
    mutating func take() -> NotifyMessage? {
        guard let next else { return nil }
        self.isSending = true
        if !self.moments.isEmpty {
            self.moments.removeFirst()
        } else if self.hasSignOfLife {
            self.hasSignOfLife = false
        } else if self.timeoutExtension != nil {
            self.timeoutExtension = nil
        } else {
            self.status = nil
        }
        return next
    }

    /// - Parameter hasArrived: the next status is sent in any case when it has not.
    mutating func sent(hasArrived: Bool) {
        self.isSending = false
        if !hasArrived { self.shown = nil }
    }

    private var next: NotifyMessage? {
        if let (moment, status) = self.moments.first { return moment.message + .status(status) }
        if self.hasSignOfLife { return .alive }
        return self.timeoutExtension.map(NotifyMessage.extendTimeout) ?? self.status.map(NotifyMessage.status)
    }

    private mutating func forgetFinishedReload() {
        guard let last = self.moments.indices.last, last > 0, self.moments[last].moment == .ready,
            case .reloading = self.moments[last - 1].moment
        else { return }
        self.moments.removeLast(2)
    }
}
