import Engine

/// Closed and lost connections. Any thread.
extension QueuedConnectionManager {
    /// Closes a connection and takes it from its reader. Returns at once.
    ///
    /// Datagrams that were sent before, collected ones included, still leave for up to 30 s. Datagrams in the reader's queue stay
    /// there.
    ///
    /// - Returns: false if the connection was closed before, was reported as lost, or is another manager's
    ///   (Panda3D `connectionManager.cxx`).
    @discardableResult
    public func closeConnection(_ connection: Connection) -> Bool {
        guard let link = connection.link, link.core === self.core else { return false }
        return link.closeHere(connection)
    }

    /// Whether a lost connection is in the queue. Returns at once.
    ///
    /// A connection is lost when its peer or an error ends it. It is queued once, after its last datagram. A connection that this
    /// program has closed is never queued. A lost connection without a reader is queued when the program gives it to a reader or
    /// sends on it.
    public func resetConnectionAvailable() -> Bool { self.core.resets.withQueue { !$0.isEmpty } }

    /// Takes the next lost connection, which is already closed; nil if the queue is empty.
    public func getResetConnection() -> Connection? { self.core.resets.takeFirst() }

    /// The number of lost connections that the queue may hold; further ones are dropped. Default: 50,000, Panda3D's
    /// `net-max-response-queue`.
    public var maxQueueSize: Int {
        get { self.core.resets.withQueue { $0.maxSize } }
        set { self.core.resets.withQueue { $0.maxSize = newValue } }
    }

    /// The number of lost connections in the queue.
    public var currentQueueSize: Int { self.core.resets.withQueue { $0.count } }

    /// Whether a lost connection was dropped because the queue was full. `resetOverflowFlag` clears it.
    public var overflowFlag: Bool { self.core.resets.withQueue { $0.overflowFlag } }

    /// Clears `overflowFlag`.
    public func resetOverflowFlag() { self.core.resets.withQueue { $0.overflowFlag = false } }
}

extension QueuedConnectionManager {
    /// Blocks the calling thread until a polled reader has a datagram, a polled listener has a client, or a connection is lost.
    ///
    /// If any reader or listener has threads, it returns at once (Panda3D `connectionManager.cxx`).
    ///
    /// - Parameter timeout: nil, or a negative time, waits forever.
    /// - Returns: whether there is a datagram, a client or a lost connection to take.
    @discardableResult
    public func waitForReaders(timeout: Duration? = nil) -> Bool {
        let limit = timeout.flatMap { $0 < .zero ? nil : $0 }
        return self.core.arrived.wait(timeout: self.core.queues.hasThreaded ? .zero : limit) { !self.core.hasResults }
    }
}
