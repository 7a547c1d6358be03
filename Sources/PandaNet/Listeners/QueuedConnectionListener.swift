import Engine

/// An accepted client: the results of Panda3D's `getNewConnection` (`queuedConnectionListener.cxx`).
public struct ConnectionArrival: Sendable {
    /// The rendezvous socket that has accepted the client.
    public let rendezvous: BoundRendezvous
    /// The client's address.
    public let address: NetAddress
    /// The open connection to the client. It is not read until it is given to a reader.
    public let connection: Connection
}

/// Accepts clients on rendezvous sockets and queues them until the program takes them: Panda3D's `QueuedConnectionListener`.
/// Any thread.
///
/// While the queue is full, the listener closes each new client and sets `overflowFlag` (Panda3D `queuedReturn.I`). The manager's
/// event loops accept the clients. A number of threads above 0 creates no threads: see `DatagramReader`.
public final class QueuedConnectionListener: Sendable {
    private let manager: QueuedConnectionManager
    private let threads: Int
    private let queue: ResultQueue<ConnectionArrival>

    /// - Parameters:
    ///   - manager: the manager of the rendezvous sockets. The listener keeps it alive.
    ///   - threads: with 0 the program polls the listener, and `waitForReaders` waits for it.
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
    /// - Returns: false if a listener has the socket already, or the socket is closed or another manager's.
    @discardableResult
    public func addConnection(_ rendezvous: BoundRendezvous) -> Bool {
        self.manager.arrivals(of: rendezvous)?.attach(self.queue) ?? false
    }

    /// Stops accepting clients on a rendezvous socket. The socket stays open, and new clients wait in its backlog.
    ///
    /// - Returns: false if the socket is not this listener's.
    @discardableResult
    public func removeConnection(_ rendezvous: BoundRendezvous) -> Bool {
        self.manager.arrivals(of: rendezvous)?.detach(self.queue) ?? false
    }

    /// Whether a client is in the queue. Returns at once.
    public func newConnectionAvailable() -> Bool { self.queue.withQueue { !$0.isEmpty } }

    /// Takes the next client from the queue; nil if the queue is empty.
    public func getNewConnection() -> ConnectionArrival? { self.queue.takeFirst() }

    /// The accepted clients, as a sequence for `for await`. A loop over it keeps the listener alive.
    public var arrivals: QueuedResults<ConnectionArrival> {
        QueuedResults(queue: self.queue) { self.getNewConnection() }
    }

    /// The number of clients that the queue may hold. Default: 50,000, Panda3D's `net-max-response-queue`.
    public var maxQueueSize: Int {
        get { self.queue.withQueue { $0.maxSize } }
        set { self.queue.withQueue { $0.maxSize = newValue } }
    }

    /// The number of clients in the queue.
    public var currentQueueSize: Int { self.queue.withQueue { $0.count } }

    /// Whether the listener has closed a client because the queue was full. `resetOverflowFlag` clears it.
    public var overflowFlag: Bool { self.queue.withQueue { $0.overflowFlag } }

    /// Clears `overflowFlag`.
    public func resetOverflowFlag() { self.queue.withQueue { $0.overflowFlag = false } }

    /// Whether the listener has 0 threads.
    public func isPolling() -> Bool { self.threads <= 0 }

    /// The number of threads that the initializer got; 0 for a negative number.
    public func getNumThreads() -> Int { max(0, self.threads) }

    /// The manager of the rendezvous sockets.
    public func getManager() -> QueuedConnectionManager { self.manager }

    /// Gives up every rendezvous socket. `arrivals` ends when the queue is empty.
    public func shutdown() {
        for arrivals in self.manager.allArrivals { _ = arrivals.detach(self.queue) }
        self.queue.shut()
    }
}
