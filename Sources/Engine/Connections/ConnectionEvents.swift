/// What a program makes of the datagrams: the manual's `myProcessDataFunction`.
public protocol DatagramReceiver: Sendable {
    /// Called on the connection's event loop with each run of whole frames, in the order in which they came.
    ///
    /// It must not wait. The run's bytes hold only until it returns.
    func datagramsReceived(_ run: DatagramRun, from connection: Connection)

    /// Called in place of the other one with a run over TCP, for a receiver that handles a run in parts: a read may bring
    /// thousands, and the other connections of the event loop wait meanwhile.
    ///
    /// Without an implementation of its own, a receiver gets each run in one part.
    ///
    /// - Parameter partsMax: how many parts it may handle, at least one.
    /// - Returns: how many bytes these were, from the beginning of the run: whole datagrams. The others come again, in a run
    ///   of a later pass of the event loop.
    func datagramsReceived(_ run: DatagramRun, from connection: Connection, partsMax: Int) -> Int
}

extension DatagramReceiver {
    /// Gets the run in one part.
    public func datagramsReceived(_ run: DatagramRun, from connection: Connection, partsMax: Int) -> Int {
        connection.wholeRun = run.bytes
        defer { connection.wholeRun = nil }
        self.datagramsReceived(run, from: connection)
        return run.bytes.count - connection.heldBackBytes
    }
}

/// Whoever wants to know which connections come and go.
public protocol ConnectionObserver: Sendable {
    /// Called on the connection's event loop, before its first datagram.
    func connectionOpened(_ connection: Connection)
    /// Called on the connection's event loop, once, after its last datagram.
    func connectionClosed(_ connection: Connection, reason: CloseReason)
    /// Called on one of the event loops: an accepted socket is closed again at once, or a datagram makes no connection.
    func connectionRefused(peer: NetAddress?, rendezvous: Rendezvous, reason: RefusalReason)
    /// Called on the listener's event loop: the system could not accept a client.
    ///
    /// - Parameters:
    ///   - rendezvous: whose client it was.
    ///   - errorCode: the error number of accept(2).
    ///   - isFatal: the system closed the rendezvous socket, and it is opened again until that succeeds; otherwise it takes
    ///     clients again once the system has something left for them.
    func acceptFailed(rendezvous: Rendezvous, errorCode: CInt, isFatal: Bool)
    /// Called on the listener's event loop: the system closed its socket, for a reason that `acceptFailed` has not told. It is
    /// opened again until that succeeds.
    func listenerLost(rendezvous: Rendezvous)
    /// Called on the listener's event loop: it is there again, on the same port.
    func listenerReopened(rendezvous: Rendezvous)
}

extension ConnectionObserver {
    /// Does nothing.
    public func listenerLost(rendezvous: Rendezvous) {}
    /// Does nothing.
    public func listenerReopened(rendezvous: Rendezvous) {}
}
