import Glibc

/// A value that threads share and wait for: a mutex with a condition variable, which the standard library lacks.
// @unchecked: `value` is accessed only while `mutex` is held.
package final class Monitor<Value: Sendable>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var value: Value

    package init(_ value: Value) {
        self.value = value
        pthread_mutex_init(self.mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // A change of the wall clock must not move a deadline.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(self.changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(self.changed)
        pthread_mutex_destroy(self.mutex)
        self.changed.deallocate()
        self.mutex.deallocate()
    }

    /// Changes the value and wakes all waiting threads.
    package func change<Result>(_ body: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        defer { pthread_cond_broadcast(self.changed) }
        return body(&self.value)
    }

    /// Waits until `body` returns a result, without a time limit.
    package func wait<Result>(_ body: (inout Value) -> Result?) -> Result {
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        while true {
            if let result = body(&self.value) { return result }
            pthread_cond_wait(self.changed, self.mutex)
        }
    }

    /// Waits until the value meets the condition.
    ///
    /// - Returns: false when it did not within `limit`.
    package func wait(within limit: Duration, until isWanted: (Value) -> Bool) -> Bool {
        var deadline = timespec.monotonic(in: limit)
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        while !isWanted(self.value) {
            guard pthread_cond_timedwait(self.changed, self.mutex, &deadline) == 0 else { return isWanted(self.value) }
        }
        return true
    }
}

extension timespec {
    /// The time on CLOCK_MONOTONIC after `duration` from now.
    fileprivate static func monotonic(in duration: Duration) -> timespec {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let (seconds, attoseconds) = duration.components
        let nanoseconds = time.tv_nsec + Int(attoseconds / 1_000_000_000)
        time.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
        time.tv_nsec = nanoseconds % 1_000_000_000
        return time
    }
}
