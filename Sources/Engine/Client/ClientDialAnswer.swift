import Dispatch
import NIOConcurrencyHelpers

/// What became of a client connection, for a thread that waits for it.
final class ClientDialAnswer: Sendable {
    private let result = NIOLockedValueBox<Result<Connection, ConnectError>?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    /// Once.
    func set(_ result: Result<Connection, ConnectError>) {
        self.result.withLockedValue { $0 = result }
        self.isThere.signal()
    }

    func wait() -> Result<Connection, ConnectError> {
        self.isThere.wait()
        guard let result = self.result.withLockedValue({ $0 }) else {
            preconditionFailure("an answer that was not set")
        }
        return result
    }
}
