import Dispatch
import Engine

/// Takes requests from any thread to the main thread, which carries them out one at a time.
final class RequestMailbox: Sendable {
    private let queue = Locked(RequestQueue())
    /// Is signalled for each request, also where several become one.
    private let arrived = DispatchSemaphore(value: 0)

    /// Ends the daemon after what is queued has been sent. Any thread.
    func requestStop(_ origin: RequestOrigin) {
        self.withQueue { $0.add(stop: origin) }
    }

    /// Reads the configuration again. Any thread.
    ///
    /// - Parameter answer: called once with the outcome, on any thread; nil: the requester gets no answer.
    func requestReload(_ origin: RequestOrigin, answer: (@Sendable (ReloadOutcome) -> Void)? = nil) {
        let isInTime = self.withQueue { $0.add(ReloadRequest(origin: origin, answer: answer)) }
        if !isInTime { answer?(.stopping) }
    }

    /// Reads the configuration again. Any thread.
    ///
    /// - Returns: what came of it; it never fails.
    func askForReload(_ origin: RequestOrigin) -> Answer<ReloadOutcome> {
        let answer = Answer<ReloadOutcome>()
        self.requestReload(origin) { answer.succeed($0) }
        return answer
    }

    /// Blocks until there is a request. One thread.
    func take() -> DaemonRequest {
        while true {
            self.arrived.wait()
            guard let next = self.queue.withLock({ $0.next() }) else { continue }
            for reload in next.late { reload.answer?(.stopping) }
            return next.request
        }
    }

    private func withQueue<Result>(_ body: (inout RequestQueue) -> Result) -> Result {
        defer { self.arrived.signal() }
        return self.queue.withLock(body)
    }
}
