import NIOCore

/// What becomes of it when the system can't accept, or closes it.
extension RendezvousSocket {
    /// How long nobody is accepted when the system has nothing left, and then how often it is asked again.
    static let backoff = TimeAmount.milliseconds(100)
    /// How long after its loss it is opened again; each attempt that fails doubles it.
    static let reopeningDelay = TimeAmount.milliseconds(50)
    /// The longest time between two attempts.
    static let reopeningDelayMax = TimeAmount.milliseconds(800)

    /// - Parameter code: the error number of accept(2).
    func acceptFailed(_ code: CInt) {
        let kind = AcceptError(code: code)
        guard kind != .clientGone else { return }
        if kind == .exhausted { self.exhausted() } else { self.isLossReported = true }
        self.listener.observer.acceptFailed(
            rendezvous: self.listener.rendezvous,
            errorCode: code,
            isFatal: kind == .fatal
        )
    }

    private func exhausted() {
        self.pause(.exhausted, true)
        self.reserve.release()
        self.resumeWhenPossible()
    }

    private func resumeWhenPossible() {
        self.resumption?.cancel()
        self.resumption = self.eventLoop.assumeIsolated().scheduleTask(in: Self.backoff) {
            guard self.reserve.refill() else { return self.resumeWhenPossible() }
            self.pause(.exhausted, false)
        }
    }

    /// The system closed its channel.
    func lost() {
        // Their channels are children of the one that is lost.
        self.closeWaiting()
        if !self.isLossReported { self.listener.observer.listenerLost(rendezvous: self.listener.rendezvous) }
        self.reopen(in: Self.reopeningDelay)
    }

    private func reopen(in delay: TimeAmount) {
        self.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            guard !self.isClosed else { return }
            self.bindAgain().assumeIsolated().whenComplete { result in
                switch result {
                case .success:
                    self.listener.registry.listenerReopened()
                    self.listener.observer.listenerReopened(rendezvous: self.listener.rendezvous)
                    self.updatePlaces()
                case .failure:
                    self.reopen(in: min(delay * 2, Self.reopeningDelayMax))
                }
            }
        }
    }

    /// On the same socket, so that the clients that wait there stay; a new one where there is none.
    private func bindAgain() -> EventLoopFuture<Void> {
        let binding = RendezvousBinding(socket: self)
        if let kept { return binding.take(kept) }
        guard let address else { preconditionFailure("a socket that was lost and never open") }
        return binding.bind(port: address.port)
    }
}
