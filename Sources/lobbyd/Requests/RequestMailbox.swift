import Dispatch
import Engine

/// Passes requests from any thread to the main thread, which carries them out one at a time.
final class RequestMailbox: Sendable {
    private let queue = Locked(RequestQueue())
    /// Signalled once for each request, even if the queue merges several requests.
    private let arrived = DispatchSemaphore(value: 0)

    /// Requests the end of lobbyd after the drain. Any thread.
    func requestStop(_ origin: RequestOrigin) {
        self.withQueue { $0.add(stop: origin) }
    }

    /// Requests a reload. Any thread.
    ///
    /// - Parameter answer: called once with the outcome, on any thread; nil if the requester expects no answer.
    func requestReload(_ origin: RequestOrigin, answer: (@Sendable (ReloadOutcome) -> Void)? = nil) {
        let isInTime = self.withQueue { $0.add(ReloadRequest(origin: origin, answer: answer)) }
        if !isInTime { answer?(.stopping) }
    }

    /// Requests a reload. Any thread.
    ///
    /// - Returns: the outcome. The answer never fails.
    func askForReload(_ origin: RequestOrigin) -> Answer<ReloadOutcome> {
        let answer = Answer<ReloadOutcome>()
        self.requestReload(origin) { answer.succeed($0) }
        return answer
    }

    /// Blocks until there is a request. Only one thread may call it.
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
