import Dispatch
import Engine

/// Lets threads wait until another one has changed something. Any thread but an event loop's.
final class Signal: Sendable {
    private let waiting = Locked<[DispatchSemaphore]>([])

    /// Blocks the calling thread for as long as `condition` holds; it is looked at again after each `notify`.
    ///
    /// - Parameter timeout: nil waits forever.
    /// - Returns: false when the time was over first.
    func wait(timeout: Duration?, while condition: () -> Bool) -> Bool {
        let deadline = timeout.map { DispatchTime.now() + DispatchTimeInterval($0) } ?? .distantFuture
        while true {
            let semaphore = DispatchSemaphore(value: 0)
            // Before the look at the condition: a change after it finds the semaphore here.
            self.waiting.withLock { $0.append(semaphore) }
            let mustWait = condition()
            let isOver = mustWait && semaphore.wait(timeout: deadline) == .timedOut
            self.waiting.withLock { waiting in waiting.removeAll { $0 === semaphore } }
            if !mustWait { return true }
            if isOver { return !condition() }
        }
    }

    /// After the change.
    func notify() {
        let woken = self.waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for semaphore in woken { semaphore.signal() }
    }
}

extension DispatchTimeInterval {
    /// At most about 31 years, so that a deadline can always be told.
    fileprivate init(_ duration: Duration) {
        self = .nanoseconds(Int(max(.zero, min(duration, .seconds(1_000_000_000))).nanosecondCount))
    }
}
