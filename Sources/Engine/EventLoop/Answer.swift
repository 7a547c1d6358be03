import Dispatch

/// The result of work on another thread. It is set once. Any number of threads and tasks can wait for it. Any thread.
public final class Answer<Value: Sendable>: Sendable {
    private struct State {
        var result: Result<Value, any Error>?
        var observers: [@Sendable (Result<Value, any Error>) -> Void] = []
    }

    private let state = Locked(State())

    public init() {}

    /// An answer that is already set.
    public convenience init(_ value: Value) {
        self.init()
        self.succeed(value)
    }

    /// - Precondition: the answer is not set yet.
    public func set(_ result: Result<Value, any Error>) {
        let observers = self.state.withLock { state in
            precondition(state.result == nil, "an answer is set twice")
            state.result = result
            defer { state.observers = [] }
            return state.observers
        }
        for observer in observers { observer(result) }
    }

    public func succeed(_ value: Value) { self.set(.success(value)) }

    public func fail(_ error: any Error) { self.set(.failure(error)) }

    /// Calls `body` once with the result: immediately if the answer is set, else on the thread that sets it.
    ///
    /// `body` must not block.
    public func whenSet(_ body: @escaping @Sendable (Result<Value, any Error>) -> Void) {
        let result = self.state.withLock { state in
            if state.result == nil { state.observers.append(body) }
            return state.result
        }
        if let result { body(result) }
    }

    /// Blocks the calling thread until the answer is set. An event loop's thread must not call it.
    @available(*, noasync, message: "use get()")
    public func wait() throws -> Value {
        let isThere = DispatchSemaphore(value: 0)
        self.whenSet { _ in isThere.signal() }
        isThere.wait()
        guard let result = self.state.withLock({ $0.result }) else { preconditionFailure("a set answer has no result") }
        return try result.get()
    }

    /// Suspends the task until the answer is set.
    public func get() async throws -> Value {
        await withCheckedContinuation { continuation in self.whenSet { _ in continuation.resume() } }
        // Read with the lock held: ThreadSanitizer does not see that the task resumes after the answer is set.
        return try self.settled()
    }

    /// Converts the value. An error of this answer, or of `transform`, fails the new answer.
    public func map<Other: Sendable>(_ transform: @escaping @Sendable (Value) throws -> Other) -> Answer<Other> {
        let other = Answer<Other>()
        self.whenSet { result in other.set(Result { try transform(try result.get()) }) }
        return other
    }

    /// Combines answers: sets all values, in the order of `answers`, once the last answer is set.
    ///
    /// If some of them failed, it sets the error of the first failed one in that order.
    public static func all(_ answers: [Answer<Value>]) -> Answer<[Value]> {
        let all = Answer<[Value]>()
        guard !answers.isEmpty else {
            all.succeed([])
            return all
        }
        let left = Locked(answers.count)
        for answer in answers {
            answer.whenSet { _ in
                let isLast = left.withLock { left in
                    left -= 1
                    return left == 0
                }
                if isLast { all.set(Result { try answers.map { try $0.settled() } }) }
            }
        }
        return all
    }

    private func settled() throws -> Value {
        guard let result = self.state.withLock({ $0.result }) else {
            preconditionFailure("an answer has no result yet")
        }
        return try result.get()
    }
}

extension Answer where Value == Void {
    /// An answer that is already set.
    public static func done() -> Answer<Void> { Answer<Void>(()) }
}
