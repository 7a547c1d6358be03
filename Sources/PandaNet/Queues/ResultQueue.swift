import Engine

/// A `BoundedQueue` that threads and tasks share. Event loops fill it; the program polls it or awaits its elements. Any thread.
final class ResultQueue<Element: Sendable>: Sendable {
    private struct State: Sendable {
        var queue: BoundedQueue<Element>
        var isShut = false
        var lastWaiter: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]

        mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
            defer { self.waiters = [:] }
            return Array(self.waiters.values)
        }
    }

    private let state: Locked<State>
    private let arrived: Signal

    /// - Parameter arrived: is notified of new elements.
    init(_ queue: BoundedQueue<Element>, arrived: Signal) {
        self.state = Locked(State(queue: queue))
        self.arrived = arrived
    }

    func withQueue<Result>(_ body: (inout BoundedQueue<Element>) -> Result) -> Result {
        self.state.withLock { body(&$0.queue) }
    }

    /// - Returns: the number of elements that the queue has taken. The queue has dropped the elements after them.
    @discardableResult
    func append(contentsOf elements: some Collection<Element>) -> Int {
        let (takenCount, waiters) = self.state.withLock { state in
            let takenCount = elements.reduce(0) { $0 + (state.queue.append($1) ? 1 : 0) }
            return (takenCount, takenCount > 0 ? state.takeWaiters() : [])
        }
        for waiter in waiters { waiter.resume() }
        if takenCount > 0 { self.arrived.notify() }
        return takenCount
    }

    func takeFirst() -> Element? { self.withQueue { $0.takeFirst() } }

    /// Waits until the queue has an element, the queue is shut, or the task is cancelled.
    ///
    /// - Returns: false at the end: the queue is shut and empty, or the task is cancelled.
    func arrival() async -> Bool {
        let id = self.state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = self.state.withLock { state in
                    guard state.queue.isEmpty, !state.isShut, !Task.isCancelled else { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            self.state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
        return self.state.withLock { !$0.queue.isEmpty || !$0.isShut } && !Task.isCancelled
    }

    /// Shuts the queue: a waiting task gets the elements that are left, and then the end.
    func shut() {
        let waiters = self.state.withLock { state in
            state.isShut = true
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume() }
        self.arrived.notify()
    }
}
