import CLinux
import Glibc

/// A value that threads share, behind a lock. The lock is pthread's, which ThreadSanitizer sees; that of
/// `Synchronization.Mutex` it does not see. A value without a size shares its address with another property, which
/// ThreadSanitizer takes for a race.
// @unchecked: `value` is touched only with the lock held.
public final class Locked<Value>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var value: Value

    public init(_ value: Value) {
        self.value = value
        let code = pthread_mutex_init(self.mutex, nil)
        precondition(code == 0, "pthread_mutex_init failed")
    }

    deinit {
        pthread_mutex_destroy(self.mutex)
        self.mutex.deallocate()
    }

    /// Calls `body` with the lock held. It must neither wait nor come back to this lock.
    public func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        return try body(&self.value)
    }
}
