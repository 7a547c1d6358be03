import NIOConcurrencyHelpers

/// A value that threads share. ThreadSanitizer sees its lock, which is pthread's; that of `Synchronization.Mutex` it does not.
struct Locked<Value: Sendable>: Sendable {
    private let box: NIOLockedValueBox<Value>

    init(_ value: Value) {
        self.box = NIOLockedValueBox(value)
    }

    func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        try self.box.withLockedValue(body)
    }
}
