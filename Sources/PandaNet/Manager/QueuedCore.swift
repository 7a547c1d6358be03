import Engine

/// The part of a `QueuedConnectionManager` that its connections use. They keep this part alive, but not the manager.
final class QueuedCore: Sendable {
    /// Is notified when a reader or listener has a new result, or a connection is lost.
    let arrived: Signal
    /// Is notified when a connection or a writer's queue has room again.
    let room = Signal()
    let queues = RegisteredQueues()
    let resets: ResultQueue<Connection>
    /// The longest payload of an incoming datagram, in bytes.
    let datagramBytesMax: Int
    /// The bytes that may be queued for one peer.
    let pendingBytesMax: Int

    init(datagramBytesMax: Int, pendingBytesMax: Int) {
        let arrived = Signal()
        self.arrived = arrived
        self.resets = ResultQueue(BoundedQueue(overflow: .dropNewest), arrived: arrived)
        self.datagramBytesMax = datagramBytesMax
        self.pendingBytesMax = pendingBytesMax
    }

    /// Whether a polled reader, a polled listener or the manager has a result to take.
    var hasResults: Bool { self.queues.hasPolledResults || self.resets.withQueue { !$0.isEmpty } }
}

/// The queues of readers and listeners, for `waitForReaders`. Any thread.
final class RegisteredQueues: Sendable {
    private struct State {
        var threadedCount = 0
        /// Each function tells whether its queue has a result.
        var polled: [ObjectIdentifier: @Sendable () -> Bool] = [:]
    }

    private let state = Locked(State())

    /// Adds the queue of a reader or listener.
    ///
    /// - Parameter isPolled: false for a reader or listener with threads: `waitForReaders` does not wait for it.
    func register<Element>(_ queue: ResultQueue<Element>, isPolled: Bool) {
        self.state.withLock { state in
            if isPolled {
                state.polled[ObjectIdentifier(queue)] = { queue.withQueue { !$0.isEmpty } }
            } else {
                state.threadedCount += 1
            }
        }
    }

    func unregister<Element>(_ queue: ResultQueue<Element>, isPolled: Bool) {
        self.state.withLock { state in
            if isPolled { state.polled[ObjectIdentifier(queue)] = nil } else { state.threadedCount -= 1 }
        }
    }

    var hasThreaded: Bool { self.state.withLock { $0.threadedCount > 0 } }

    var hasPolledResults: Bool {
        let polled = self.state.withLock { Array($0.polled.values) }
        return polled.contains { $0() }
    }
}
