import Dispatch

/// What comes of something that another thread does: set once, and waited for by any number of threads and tasks. Any thread.
public final class Answer<Value: Sendable>: Sendable {
    private struct State {
        var result: Result<Value, any Error>?
        var observers: [@Sendable (Result<Value, any Error>) -> Void] = []
    }

    private let state = Locked(State())

    public init() {}

    /// An answer that is there already.
    public convenience init(_ value: Value) {
        self.init()
        self.succeed(value)
    }

    /// - Precondition: it was not set before.
    public func set(_ result: Result<Value, any Error>) {
        let observers = self.state.withLock { state in
            precondition(state.result == nil, "an answer that was set twice")
            state.result = result
            defer { state.observers = [] }
            return state.observers
        }
        for observer in observers { observer(result) }
    }

    public func succeed(_ value: Value) { self.set(.success(value)) }

    public func fail(_ error: any Error) { self.set(.failure(error)) }

    /// Calls `body` once: at once where the answer is there, otherwise on the thread that sets it. It must not wait.
    public func whenSet(_ body: @escaping @Sendable (Result<Value, any Error>) -> Void) {
        let result = self.state.withLock { state in
            if state.result == nil { state.observers.append(body) }
            return state.result
        }
        if let result { body(result) }
    }

    /// Blocks the calling thread, which is not an event loop's, until the answer is there.
    @available(*, noasync, message: "use get()")
    public func wait() throws -> Value {
        let isThere = DispatchSemaphore(value: 0)
        self.whenSet { _ in isThere.signal() }
        isThere.wait()
        guard let result = self.state.withLock({ $0.result }) else { preconditionFailure("an answer that has gone") }
        return try result.get()
    }

    /// Suspends the task until the answer is there.
    public func get() async throws -> Value {
        await withCheckedContinuation { continuation in self.whenSet { _ in continuation.resume() } }
        // With the lock held: ThreadSanitizer does not see that the task goes on after the answer.
        return try self.settled()
    }

    /// The same answer in another form.
    public func map<Other: Sendable>(_ transform: @escaping @Sendable (Value) throws -> Other) -> Answer<Other> {
        let other = Answer<Other>()
        self.whenSet { result in other.set(Result { try transform(try result.get()) }) }
        return other
    }

    /// All values in the order of `answers`, once the last one is there; the first of their errors where there is one.
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
            preconditionFailure("an answer that is not there")
        }
        return try result.get()
    }
}

extension Answer where Value == Void {
    /// An answer that is there already.
    public static func done() -> Answer<Void> { Answer<Void>(()) }
}
