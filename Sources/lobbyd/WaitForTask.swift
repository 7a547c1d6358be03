import Dispatch
import Synchronization

/// Runs `body` as a task of ordinary priority and blocks the calling thread until it has ended.
///
/// An `async` main would run at a raised priority, which only root may ask for: libdispatch then complains in the log of
/// every start of the service.
func waitForTask<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
    let result = Mutex<Result<Value, any Error>?>(nil)
    let ended = DispatchSemaphore(value: 0)
    Task.detached(priority: .medium) {
        do {
            let value = try await body()
            result.withLock { $0 = .success(value) }
        } catch {
            result.withLock { $0 = .failure(error) }
        }
        ended.signal()
    }
    ended.wait()
    guard let result = result.withLock({ $0 }) else { preconditionFailure("a task that ended without a result") }
    return try result.get()
}
