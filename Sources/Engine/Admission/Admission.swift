/// A listener that stops accepting while all slots of the `AdmissionBook` are taken.
protocol PlaceWaiter: AnyObject, Sendable {
    /// The last slot was taken, or a slot has become free. Called on any thread, without a lock held.
    func placesChanged()
}

/// The admission book that all rendezvous sockets of a manager share. Any thread.
///
/// It is used once for each connection, never for a datagram of an existing connection.
final class Admission: Sendable {
    private struct State {
        var book: AdmissionBook
        var waiters: [any PlaceWaiter] = []
    }

    private let state: Locked<State>

    init(limits: Limits) {
        self.state = Locked(State(book: AdmissionBook(limits: limits)))
    }

    /// Reads the book in place. A copy of the book that outlives the call would make the next change copy the whole
    /// book.
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

    /// Decides about a client that can wait for a slot.
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

    /// Decides about a UDP address, which cannot wait for a slot.
    ///
    /// - Returns: nil if the address has a slot; otherwise the reason for the refusal.
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

    /// Takes a slot for a connection that this program opens.
    func admitOwn() -> Bool {
        self.change { $0.admitOwn() }
    }

    /// Counts a client that had left before the accept.
    func refuseGone() {
        self.change { $0.refuseGone() }
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
