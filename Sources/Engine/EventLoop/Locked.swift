import CLinux
import Glibc

/// A value that threads share, guarded by a lock.
///
/// The lock is a pthread mutex because ThreadSanitizer does not see `Synchronization.Mutex`. Do not use a `Value` of
/// size zero: it would share its address with another property, and ThreadSanitizer would report a race.
// @unchecked: `value` is accessed only with the lock held.
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

    /// Calls `body` with the lock held. `body` must neither block nor take the same lock.
    public func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        return try body(&self.value)
    }
}
