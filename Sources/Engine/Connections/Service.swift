/// A consumer of one listener's datagrams on one event loop: the manual's `myProcessDataFunction`.
///
/// All methods are called on that loop. They must not block.
public protocol Service: AnyObject {
    /// Called for a new connection, before its first datagram.
    ///
    /// The service can store its state in `Connection.serviceState`.
    func opened(_ connection: Connection)

    /// Handles a run of whole frames, in the order of arrival. The run's bytes are valid only until the method returns.
    ///
    /// A read may bring thousands of datagrams, and the other connections of the event loop wait for them. A service
    /// that handles a run in several parts therefore handles at most `partsMax` parts.
    ///
    /// - Parameter partsMax: the maximum number of parts, at least one.
    /// - Returns: the number of handled bytes from the start of the run, as whole datagrams. The rest is delivered
    ///   again in a later turn. If a rate holds back the end of a broadcast, do not count `Connection.heldBackBytes` as
    ///   handled.
    func received(_ run: DatagramRun, from connection: Connection, partsMax: Int) -> Int

    /// Called when a connection is closed, after its last datagram.
    func closed(_ connection: Connection, reason: CloseReason)
}

extension Service {
    /// A no-op by default.
    public func opened(_ connection: Connection) {}
    /// A no-op by default.
    public func closed(_ connection: Connection, reason: CloseReason) {}
}

/// Makes the services of a listener. Any thread.
public protocol ServiceProvider: Sendable {
    /// Called once for each event loop when the listener is opened.
    ///
    /// - Parameter eventLoopIndex: starts at 0.
    func makeService(eventLoopIndex: Int) -> any Service

    /// Makes the state that the program keeps for a new connection. Called on the connection's event loop.
    func makeAttachment() -> (any ConnectionAttachment)?
}

extension ServiceProvider {
    /// Returns nil.
    public func makeAttachment() -> (any ConnectionAttachment)? { nil }
}

/// State that a program keeps for a connection. Other threads send on the connection with `Connection.post`.
///
/// The program frames the posted bytes itself, or leaves them unframed.
public protocol ConnectionAttachment: AnyObject, Sendable {
    /// Called when posted bytes have left the outbox, and when queued bytes were sent. On the connection's event loop.
    ///
    /// - Parameters:
    ///   - byteCount: the number of bytes that left the outbox: they were sent, queued or, after a close, dropped. 0 if only
    ///     queued bytes were sent.
    ///   - pendingBytes: the number of bytes that are still queued for the kernel.
    func flushed(_ byteCount: Int, pendingBytes: Int)

    /// Called at most once, when no more data can be sent to the peer. On the connection's event loop.
    ///
    /// Data that the peer sent before may still be read.
    func outputEnded()
}

/// Takes the received bytes of a connection as they arrive, unframed. On the connection's event loop.
package protocol ByteReceiver: AnyObject {
    /// Whether the connection may be read now. After false, call `Connection.resumeReading` when it may be read again.
    func admitsRead(of connection: Connection) -> Bool

    /// Handles received bytes. They are valid only until the method returns.
    func bytesReceived(_ bytes: UnsafeRawBufferPointer, from connection: Connection)
}

/// An observer of connections and listeners, such as a log.
public protocol ConnectionObserver: Sendable {
    /// Called on the connection's event loop for a new connection, before its first datagram.
    func connectionOpened(_ connection: Connection)
    /// Called once on the connection's event loop when the connection is closed, after its last datagram.
    func connectionClosed(_ connection: Connection, reason: CloseReason)
    /// Called on one of the event loops: an accepted socket was closed before it became a connection, or a UDP datagram
    /// was refused a connection.
    func connectionRefused(peer: NetAddress?, rendezvous: Rendezvous, reason: RefusalReason)
    /// Called on the listener's event loop: the system could not accept a client.
    ///
    /// - Parameters:
    ///   - rendezvous: the rendezvous of the listener.
    ///   - errorCode: the error number of accept(2).
    ///   - isFatal: true if the system closed the listener's socket. The engine then retries until the socket is open
    ///     again. False if the listener continues once the system has descriptors and memory for clients again.
    func acceptFailed(rendezvous: Rendezvous, errorCode: CInt, isFatal: Bool)
    /// Called on the listener's event loop: the system closed the listener's socket, and `acceptFailed` has not
    /// reported it.
    ///
    /// The engine retries until the socket is open again.
    func listenerLost(rendezvous: Rendezvous)
    /// Called on the listener's event loop: the socket is open again on the same port.
    func listenerReopened(rendezvous: Rendezvous)
}

extension ConnectionObserver {
    /// A no-op by default.
    public func connectionOpened(_ connection: Connection) {}
    /// A no-op by default.
    public func connectionClosed(_ connection: Connection, reason: CloseReason) {}
    /// A no-op by default.
    public func connectionRefused(peer: NetAddress?, rendezvous: Rendezvous, reason: RefusalReason) {}
    /// A no-op by default.
    public func acceptFailed(rendezvous: Rendezvous, errorCode: CInt, isFatal: Bool) {}
    /// A no-op by default.
    public func listenerLost(rendezvous: Rendezvous) {}
    /// A no-op by default.
    public func listenerReopened(rendezvous: Rendezvous) {}
}
