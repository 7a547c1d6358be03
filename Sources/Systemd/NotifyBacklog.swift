/// The messages that wait for the service manager. Their number is bounded, however long the manager does not read.
///
/// | message | limit |
/// |---|---|
/// | state changes (`NotifyMoment`) | all, in order; of the finished reloads only the last one |
/// | a sign of life, a timeout extension | the newest of each |
/// | the status | the newest |
struct NotifyBacklog: Sendable {
    private var moments: [(moment: NotifyMoment, status: String)] = []
    private var hasSignOfLife = false
    private var timeoutExtension: Duration?
    private var status: String?
    /// The status that the manager will show after all waiting messages.
    private var shown: String?
    private var isSending = false

    /// Whether every message was sent, successfully or not.
    var isSent: Bool { !self.isSending && self.next == nil }

    mutating func add(_ moment: NotifyMoment, status: String) {
        if case .reloading = moment { self.forgetFinishedReload() }
        self.moments.append((moment, status))
        self.shown = status
        self.status = nil
    }

    /// Adds the status if it has changed.
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

    /// Takes the next message. Call `sent` before the next call.
    ///
    /// - Returns: nil when no message waits.
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

    /// Notes that the message was sent.
    ///
    /// - Parameter hasArrived: false makes the backlog send the next status even if it is unchanged.
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
