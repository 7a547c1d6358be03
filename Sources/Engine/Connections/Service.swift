/// What becomes of the datagrams of one listener on one event loop: the manual's `myProcessDataFunction`. All calls are made on
/// that loop, and none may wait.
public protocol Service: AnyObject {
    /// A connection is there, before its first datagram. The service may keep what it needs in `Connection.serviceState`.
    func opened(_ connection: Connection)

    /// Takes a run of whole frames, in the order in which they came. The run's bytes hold only until it returns.
    ///
    /// A read may bring thousands of datagrams, for which the other connections of the event loop wait. So a service that handles
    /// a run in several parts handles no more than it is told to.
    ///
    /// - Parameter partsMax: how many parts it may handle, at least one.
    /// - Returns: how many bytes these were, from the beginning of the run: whole datagrams. The others come again, in a run of a
    ///   later turn. Where a rate holds back the end of a broadcast, `Connection.heldBackBytes` of the run are not taken.
    func received(_ run: DatagramRun, from connection: Connection, partsMax: Int) -> Int

    /// A connection has ended, after its last datagram.
    func closed(_ connection: Connection, reason: CloseReason)
}

extension Service {
    /// Does nothing.
    public func opened(_ connection: Connection) {}
    /// Does nothing.
    public func closed(_ connection: Connection, reason: CloseReason) {}
}

/// Makes the services of a listener. Any thread.
public protocol ServiceProvider: Sendable {
    /// Called once for each event loop, when the listener is opened.
    ///
    /// - Parameter eventLoopIndex: counted from 0.
    func makeService(eventLoopIndex: Int) -> any Service

    /// What the program keeps with a connection that is about to open; on its event loop.
    func makeAttachment() -> (any ConnectionAttachment)?
}

extension ServiceProvider {
    /// Nothing.
    public func makeAttachment() -> (any ConnectionAttachment)? { nil }
}

/// What a program keeps with a connection for other threads, which hand over bytes with `Connection.post`: framed by the
/// program, or not framed at all.
public protocol ConnectionAttachment: AnyObject, Sendable {
    /// So many bytes have left the hands of the program. On the connection's event loop.
    ///
    /// - Parameter pendingBytes: how many of all wait for the kernel.
    func flushed(_ byteCount: Int, pendingBytes: Int)

    /// The peer has gone, and nothing is sent to it any more. What it had sent may still be read. On the connection's event
    /// loop, once at most.
    func outputEnded()
}

/// Takes what a connection brings as it comes, not framed. On the connection's event loop.
package protocol ByteReceiver: AnyObject {
    /// Whether the connection may be read from now; if not, somebody calls `Connection.resumeReading` once it may.
    func admitsRead(of connection: Connection) -> Bool

    /// The bytes hold only until it returns.
    func bytesReceived(_ bytes: UnsafeRawBufferPointer, from connection: Connection)
}

/// Whoever wants to know which connections come and go, such as a log.
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
    public func connectionOpened(_ connection: Connection) {}
    /// Does nothing.
    public func connectionClosed(_ connection: Connection, reason: CloseReason) {}
    /// Does nothing.
    public func connectionRefused(peer: NetAddress?, rendezvous: Rendezvous, reason: RefusalReason) {}
    /// Does nothing.
    public func acceptFailed(rendezvous: Rendezvous, errorCode: CInt, isFatal: Bool) {}
    /// Does nothing.
    public func listenerLost(rendezvous: Rendezvous) {}
    /// Does nothing.
    public func listenerReopened(rendezvous: Rendezvous) {}
}
