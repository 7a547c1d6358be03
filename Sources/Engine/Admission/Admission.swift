/// Whoever accepts nobody while there is no place.
protocol PlaceWaiter: AnyObject, Sendable {
    /// The last place was taken, or one is free again. Any thread, with no lock held.
    func placesChanged()
}

/// The admission book that all rendezvous sockets of a manager share. Any thread; once for each connection, never for a
/// datagram of one.
final class Admission: Sendable {
    private struct State {
        var book: AdmissionBook
        var waiters: [any PlaceWaiter] = []
    }

    private let state: Locked<State>

    init(limits: Limits) {
        self.state = Locked(State(book: AdmissionBook(limits: limits)))
    }

    /// Looks at the book; a copy that outlives the look would make the next change one of all of it.
    func look<Result>(_ body: (borrowing AdmissionBook) -> Result) -> Result {
        self.state.withLock { body($0.book) }
    }

    var waiters: [any PlaceWaiter] { self.state.withLock { $0.waiters } }

    func add(_ waiter: any PlaceWaiter) {
        self.state.withLock { $0.waiters.append(waiter) }
    }

    func remove(_ waiter: any PlaceWaiter) {
        self.state.withLock { state in state.waiters.removeAll { $0 === waiter } }
    }

    func use(_ limits: Limits) {
        self.change { $0.use(limits) }
    }

    /// A client that can wait for a place.
    func admit(_ address: IPAddress, at now: Instant) -> AdmissionBook.Decision {
        self.change { $0.admit(address, at: now) }
    }

    /// See `AdmissionBook`.
    func beginOpening(_ address: IPAddress?, at now: Instant) -> RefusalReason? {
        self.change { $0.beginOpening(address, at: now) }
    }

    /// See `AdmissionBook`.
    func finishOpening(_ address: IPAddress?, as found: IPAddress, at now: Instant) -> RefusalReason? {
        self.change { $0.finishOpening(address, as: found, at: now) }
    }

    /// See `AdmissionBook`.
    func endOpening(_ address: IPAddress?, _ reason: RefusalReason?) {
        self.change { $0.endOpening(address, reason) }
    }

    /// An address over UDP, which can't wait.
    ///
    /// - Returns: why not; nil when it has a place.
    func admit(_ address: IPAddress, _ standing: AdmissionBook.Standing, at now: Instant) -> RefusalReason? {
        self.change { book in
            switch book.admit(address, standing, at: now) {
            case .admitted: return nil
            case .refused(let reason): return reason
            case .full:
                book.refuseForWantOfPlace()
                return .connectionLimit
            }
        }
    }

    /// A connection that this program opens itself.
    func admitOwn() -> Bool {
        self.change { $0.admitOwn() }
    }

    /// A client that had gone before it was accepted.
    func refuseGone() {
        self.change { $0.refuseGone() }
    }

    func keep(_ address: IPAddress?) {
        self.change { $0.keep(address) }
    }

    func release(_ address: IPAddress?, _ standing: AdmissionBook.Standing = .stream) {
        self.change { $0.release(address, standing) }
    }

    func proofChanged(_ address: IPAddress, isProven: Bool) {
        self.change { $0.proofChanged(address, isProven: isProven) }
    }

    private func change<Result>(_ body: (inout AdmissionBook) -> Result) -> Result {
        let (result, told) = self.state.withLock { state in
            let wasFull = state.book.isFull
            let result = body(&state.book)
            return (result, state.book.isFull == wasFull ? [] : state.waiters)
        }
        for waiter in told { waiter.placesChanged() }
        return result
    }
}
