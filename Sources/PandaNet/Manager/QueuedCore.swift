import Engine

/// The part of a `QueuedConnectionManager` that its connections, readers and listeners hold, without keeping the manager alive.
final class QueuedCore: Sendable {
    /// A polled reader or listener has something new, or a connection was reset.
    let arrived: Signal
    /// A connection or a writer's queue can take more.
    let room = Signal()
    let queues = RegisteredQueues()
    let resets: ResultQueue<Connection>
    /// Payload bytes of one incoming datagram.
    let datagramBytesMax: Int
    /// Bytes that may wait for one peer.
    let pendingBytesMax: Int

    init(datagramBytesMax: Int, pendingBytesMax: Int) {
        let arrived = Signal()
        self.arrived = arrived
        self.resets = ResultQueue(BoundedQueue(overflow: .dropNewest), arrived: arrived)
        self.datagramBytesMax = datagramBytesMax
        self.pendingBytesMax = pendingBytesMax
    }

    /// Whether a polled reader, a polled listener or the manager has something to take.
    var hasResults: Bool { self.queues.hasPolledResults || self.resets.withQueue { !$0.isEmpty } }
}

/// The queues of readers and listeners, as `waitForReaders` needs to know them. Any thread.
final class RegisteredQueues: Sendable {
    private struct State {
        var threadedCount = 0
        /// Each says whether its queue has something.
        var polled: [ObjectIdentifier: @Sendable () -> Bool] = [:]
    }

    private let state = Locked(State())

    /// - Parameter isPolled: false for a reader or listener with threads, which `waitForReaders` does not wait for.
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
