import Engine

/// Closing connections, and hearing of those that were lost. Any thread.
extension QueuedConnectionManager {
    /// Closes a connection and takes it from its reader. It does not wait.
    ///
    /// What was sent on it, collected datagrams included, still goes to the peer, for as long as 30 s; datagrams in a reader's
    /// queue stay there.
    ///
    /// - Returns: false when it was closed already, is lost and queued as a reset, or is another manager's
    ///   (Panda3D `connectionManager.cxx`).
    @discardableResult
    public func closeConnection(_ connection: Connection) -> Bool {
        guard let link = connection.link, link.core === self.core else { return false }
        return link.closeHere(connection)
    }

    /// Whether a connection was lost: its peer ended it, or an error did. It does not wait.
    ///
    /// A connection is queued once, after its last datagram was, and never one that this program closed. One that no reader
    /// has is queued when a reader was given it, or when something is sent on it.
    public func resetConnectionAvailable() -> Bool { self.core.resets.withQueue { !$0.isEmpty } }

    /// The next connection that was lost, which is closed already; nil when there is none.
    public func getResetConnection() -> Connection? { self.core.resets.takeFirst() }

    /// Lost connections that may wait; Panda3D's `net-max-response-queue`, 50,000. More are dropped.
    public var maxQueueSize: Int {
        get { self.core.resets.withQueue { $0.maxSize } }
        set { self.core.resets.withQueue { $0.maxSize = newValue } }
    }

    /// Lost connections that wait.
    public var currentQueueSize: Int { self.core.resets.withQueue { $0.count } }

    /// Whether a lost connection was dropped since `resetOverflowFlag`.
    public var overflowFlag: Bool { self.core.resets.withQueue { $0.overflowFlag } }

    /// Clears `overflowFlag`.
    public func resetOverflowFlag() { self.core.resets.withQueue { $0.overflowFlag = false } }
}

extension QueuedConnectionManager {
    /// Blocks the calling thread until a polled reader or listener has something, or a connection was lost.
    ///
    /// When any reader or listener has threads it returns at once (Panda3D `connectionManager.cxx`).
    ///
    /// - Parameter timeout: nil, or a negative time, waits forever.
    /// - Returns: whether there is something.
    @discardableResult
    public func waitForReaders(timeout: Duration? = nil) -> Bool {
        let limit = timeout.flatMap { $0 < .zero ? nil : $0 }
        return self.core.arrived.wait(timeout: self.core.queues.hasThreaded ? .zero : limit) { !self.core.hasResults }
    }
}
