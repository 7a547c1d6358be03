import Engine

/// A client that has come: the results of Panda3D's `getNewConnection` (`queuedConnectionListener.cxx`).
public struct ConnectionArrival: Sendable {
    /// The socket that it came through.
    public let rendezvous: BoundRendezvous
    /// The client's address.
    public let address: NetAddress
    /// The client, open and not read from until a reader is given it.
    public let connection: Connection
}

/// Accepts clients on rendezvous sockets and queues them until the program takes them: Panda3D's `QueuedConnectionListener`.
/// Any thread.
///
/// A client that comes while the queue is full is closed again, and `overflowFlag` is set (Panda3D `queuedReturn.I`). The
/// manager's event loops accept, whatever the number of threads; see `DatagramReader` for what the number means.
public final class QueuedConnectionListener: Sendable {
    private let manager: QueuedConnectionManager
    private let threads: Int
    private let queue: ResultQueue<ConnectionArrival>

    /// - Parameters:
    ///   - manager: whose rendezvous sockets it takes; the listener holds it.
    ///   - threads: 0 is polled, and `waitForReaders` waits for it.
    public init(_ manager: QueuedConnectionManager, threads: Int) {
        self.manager = manager
        self.threads = threads
        self.queue = ResultQueue(BoundedQueue(overflow: .dropNewest), arrived: manager.core.arrived)
        manager.core.queues.register(self.queue, isPolled: threads <= 0)
    }

    deinit {
        self.shutdown()
        self.manager.core.queues.unregister(self.queue, isPolled: self.threads <= 0)
    }

    /// Begins to accept clients on a rendezvous socket.
    ///
    /// - Returns: false when a listener has it already, it was closed, or it is another manager's.
    @discardableResult
    public func addConnection(_ rendezvous: BoundRendezvous) -> Bool {
        self.manager.arrivals(of: rendezvous)?.attach(self.queue) ?? false
    }

    /// Ceases to accept clients on a rendezvous socket, which stays open: they wait with the system.
    ///
    /// - Returns: false when it was not this listener's.
    @discardableResult
    public func removeConnection(_ rendezvous: BoundRendezvous) -> Bool {
        self.manager.arrivals(of: rendezvous)?.detach(self.queue) ?? false
    }

    /// Whether there is a client to get. It does not wait.
    public func newConnectionAvailable() -> Bool { self.queue.withQueue { !$0.isEmpty } }

    /// The next client; nil when there is none, or another thread has taken it.
    public func getNewConnection() -> ConnectionArrival? { self.queue.takeFirst() }

    /// The clients as they come. The loop holds the listener.
    public var arrivals: QueuedResults<ConnectionArrival> {
        QueuedResults(queue: self.queue) { self.getNewConnection() }
    }

    /// Clients that may wait; Panda3D's `net-max-response-queue`, 50,000.
    public var maxQueueSize: Int {
        get { self.queue.withQueue { $0.maxSize } }
        set { self.queue.withQueue { $0.maxSize = newValue } }
    }

    /// Clients that wait.
    public var currentQueueSize: Int { self.queue.withQueue { $0.count } }

    /// Whether a client was closed because the queue was full, since `resetOverflowFlag`.
    public var overflowFlag: Bool { self.queue.withQueue { $0.overflowFlag } }

    /// Clears `overflowFlag`.
    public func resetOverflowFlag() { self.queue.withQueue { $0.overflowFlag = false } }

    /// Whether the listener was made with 0 threads.
    public func isPolling() -> Bool { self.threads <= 0 }

    /// The number that the listener was made with; 0 for a negative one.
    public func getNumThreads() -> Int { max(0, self.threads) }

    /// Whose rendezvous sockets it takes.
    public func getManager() -> QueuedConnectionManager { self.manager }

    /// Lets go of every rendezvous socket, and ends `arrivals` once what is queued was taken.
    public func shutdown() {
        for arrivals in self.manager.allArrivals { _ = arrivals.detach(self.queue) }
        self.queue.shut()
    }
}
