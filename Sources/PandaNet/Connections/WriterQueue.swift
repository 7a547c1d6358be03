import Engine

/// Counts the datagrams of a writer with threads that the kernel has not taken yet. Any thread.
final class WriterQueue: Sendable {
    /// Panda3D's `net-max-write-queue`.
    static let defaultMaxSize = 10_000

    private struct State {
        var maxSize = WriterQueue.defaultMaxSize
        var count = 0
        var isAwaited = false
    }

    private let state = Locked(State())
    /// Is notified when a sender waits and the queue has room again.
    private let room: Signal

    init(room: Signal) {
        self.room = room
    }

    var count: Int { self.state.withLock { $0.count } }

    var maxSize: Int {
        get { self.state.withLock { $0.maxSize } }
        set {
            self.state.withLock { $0.maxSize = newValue }
            self.room.notify()
        }
    }

    /// Takes a slot of the queue. `release` gives it back.
    ///
    /// - Returns: false if the queue is full.
    func reserve() -> Bool {
        self.state.withLock { state in
            guard state.count < state.maxSize else { return false }
            state.count += 1
            return true
        }
    }

    /// Whether a sender has to wait. If so, `room` wakes the sender later.
    func lacksRoom() -> Bool {
        self.state.withLock { state in
            guard state.count >= state.maxSize else { return false }
            state.isAwaited = true
            return true
        }
    }

    func release() {
        let isAwaited = self.state.withLock { state in
            state.count -= 1
            defer { state.isAwaited = false }
            return state.isAwaited
        }
        if isAwaited { self.room.notify() }
    }
}
