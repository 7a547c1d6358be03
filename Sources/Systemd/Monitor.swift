import Glibc

/// A value that threads share and wait on: a mutex and a condition, which the standard library does not have.
// @unchecked: `value` is touched only while `mutex` is held.
package final class Monitor<Value: Sendable>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var value: Value

    package init(_ value: Value) {
        self.value = value
        pthread_mutex_init(self.mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // A deadline must not move with the wall clock.
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

    /// Changes the value, and wakes who waits for that.
    package func change<Result>(_ body: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        defer { pthread_cond_broadcast(self.changed) }
        return body(&self.value)
    }

    /// Waits, however long, until `body` finds something in the value.
    package func wait<Result>(_ body: (inout Value) -> Result?) -> Result {
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        while true {
            if let result = body(&self.value) { return result }
            pthread_cond_wait(self.changed, self.mutex)
        }
    }

    /// Waits until the value is as wanted.
    ///
    /// - Returns: false when it was not within `limit`.
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
    /// The time of CLOCK_MONOTONIC in `duration` from now.
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
