import NIOCore
import NIOPosix
import Wire

/// Client connections, as Panda3D's `ConnectionManager::open_TCP_client_connection` opens them (`connectionManager.cxx`).
///
/// Panda3D looks the name up before its timeout begins, tries only one address, and answers null whatever went wrong. Here the
/// timeout covers all of it, every address of the name is tried (IPv6 and IPv4, RFC 8305), and a `ConnectError` says why not.
/// When several addresses failed it is the most telling failure: refused, then no answer, then an error of this machine,
/// then unreachable.
///
/// The connection is one of the registry: it counts for `Limits.connections` from the beginning of the attempt, gets broadcasts,
/// and has every limit that an accepted one has. Its `rendezvous` is nil.
extension ConnectionManager {
    /// Opens a client connection. Any thread; it does not wait.
    ///
    /// - Parameters:
    ///   - host: a name, or a literal IPv6 or IPv4 address without brackets.
    ///   - port: 1…65,535.
    ///   - timeout: how long all of it may take, the lookup of the name included.
    ///   - header: what stands before each payload, in both directions; the peer must use the same.
    ///   - receiver: gets the connection's datagrams.
    ///   - observer: is told of the connection's opening and its end, once each; of an attempt that fails it hears nothing.
    /// - Returns: the open connection, on its event loop, or a failure that is a `ConnectError`.
    public func openTCPClientConnection(
        host: String,
        port: Int,
        timeout: Duration,
        header: TCPHeader = .two,
        receiver: any DatagramReceiver,
        observer: any ConnectionObserver
    ) -> EventLoopFuture<Connection> {
        let shard = self.nextShard()
        let target = ClientDial.Target(host: host, port: port, timeout: timeout, header: header)
        let opened = shard.eventLoop.makePromise(of: Connection.self)
        self.dial(target, on: shard, receiver: receiver, observer: observer).begin { result in
            opened.completeWith(result.mapError { $0 as any Error })
        }
        return opened.futureResult
    }

    /// Opens a client connection, as the form that returns a future does, and suspends until it is open.
    ///
    /// Cancelling the task ends the attempt, closes its sockets and throws `ConnectError.cancelled` at once; a connection that
    /// was open by then is returned all the same.
    public func openTCPClientConnection(
        host: String,
        port: Int,
        timeout: Duration,
        header: TCPHeader = .two,
        receiver: any DatagramReceiver,
        observer: any ConnectionObserver
    ) async throws(ConnectError) -> Connection {
        let target = ClientDial.Target(host: host, port: port, timeout: timeout, header: header)
        let dial = self.dial(target, on: self.nextShard(), receiver: receiver, observer: observer)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in dial.begin { continuation.resume(returning: $0) } }
        } onCancel: {
            dial.cancel()
        }
        return try result.get()
    }

    /// Opens a client connection, as the form that returns a future does, and holds the calling thread until it is open: for
    /// programs with a frame loop, as in the manual.
    ///
    /// - Precondition: the caller is not on an event loop, which would wait for itself. That ends the program.
    @available(*, noasync, message: "use the async openTCPClientConnection")
    public func openTCPClientConnectionAndWait(
        host: String,
        port: Int,
        timeout: Duration,
        header: TCPHeader = .two,
        receiver: any DatagramReceiver,
        observer: any ConnectionObserver
    ) throws(ConnectError) -> Connection {
        guard MultiThreadedEventLoopGroup.currentEventLoop == nil else {
            fatalError("openTCPClientConnectionAndWait was called on an event loop, which it would block")
        }
        let target = ClientDial.Target(host: host, port: port, timeout: timeout, header: header)
        let answer = ClientDialAnswer()
        self.dial(target, on: self.nextShard(), receiver: receiver, observer: observer).begin { answer.set($0) }
        return try answer.wait().get()
    }

    private func dial(
        _ target: ClientDial.Target,
        on shard: Shard,
        receiver: any DatagramReceiver,
        observer: any ConnectionObserver
    ) -> ClientDial {
        let origin = ConnectionOrigin(
            rendezvous: nil,
            registry: self.registry,
            receiver: receiver,
            observer: observer
        )
        return ClientDial(target, origin: origin, shard: shard, lookups: self.lookups)
    }

    private func nextShard() -> Shard {
        let loop = self.group.next()
        guard let shard = self.registry.shards.first(where: { $0.eventLoop === loop }) else {
            preconditionFailure("an event loop without a shard")
        }
        return shard
    }
}
