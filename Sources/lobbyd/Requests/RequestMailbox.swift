import NIOConcurrencyHelpers
import NIOCore

/// Takes requests from any thread to the main thread, which carries them out one at a time.
// @unchecked: `queue` is touched only under `lock`.
final class RequestMailbox: @unchecked Sendable {
    /// Its value says whether there is a request.
    private let lock = ConditionLock(value: false)
    private var queue = RequestQueue()

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
    /// - Returns: what came of it, on `eventLoop`; it never fails.
    func requestReload(_ origin: RequestOrigin, on eventLoop: any EventLoop) -> EventLoopFuture<ReloadOutcome> {
        let promise = eventLoop.makePromise(of: ReloadOutcome.self)
        self.requestReload(origin) { promise.succeed($0) }
        return promise.futureResult
    }

    /// Blocks until there is a request. One thread.
    func take() -> DaemonRequest {
        self.lock.lock(whenValue: true)
        let next = self.queue.next()
        self.lock.unlock(withValue: !self.queue.isEmpty)
        guard let next else { preconditionFailure("a mailbox that says it has a request and has none") }
        for reload in next.late { reload.answer?(.stopping) }
        return next.request
    }

    private func withQueue<Result>(_ body: (inout RequestQueue) -> Result) -> Result {
        self.lock.lock()
        defer { self.lock.unlock(withValue: !self.queue.isEmpty) }
        return body(&self.queue)
    }
}
