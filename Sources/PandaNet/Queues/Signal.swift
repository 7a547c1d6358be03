import Dispatch
import Engine

/// Lets threads wait until a condition has changed. Any thread but an event loop's.
final class Signal: Sendable {
    private let waiting = Locked<[DispatchSemaphore]>([])

    /// Blocks the calling thread while `condition` is true. `wait` evaluates the condition again after each `notify`.
    ///
    /// - Parameter timeout: nil waits forever.
    /// - Returns: false if the condition was still true at the timeout.
    func wait(timeout: Duration?, while condition: () -> Bool) -> Bool {
        let deadline = timeout.map { DispatchTime.now() + DispatchTimeInterval($0) } ?? .distantFuture
        while true {
            let semaphore = DispatchSemaphore(value: 0)
            // Added before the condition is evaluated, so that a `notify` after a later change finds the semaphore.
            self.waiting.withLock { $0.append(semaphore) }
            let mustWait = condition()
            let isOver = mustWait && semaphore.wait(timeout: deadline) == .timedOut
            self.waiting.withLock { waiting in waiting.removeAll { $0 === semaphore } }
            if !mustWait { return true }
            if isOver { return !condition() }
        }
    }

    /// Wakes the waiting threads. Call it after the change.
    func notify() {
        let woken = self.waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for semaphore in woken { semaphore.signal() }
    }
}

extension DispatchTimeInterval {
    /// Caps the duration at about 31 years, so that a deadline can always be computed.
    fileprivate init(_ duration: Duration) {
        self = .nanoseconds(Int(max(.zero, min(duration, .seconds(1_000_000_000))).nanosecondCount))
    }
}
