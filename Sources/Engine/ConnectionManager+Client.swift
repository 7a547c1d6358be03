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
    ///   - framing: what stands before each payload, in both directions; the peer must use the same.
    ///   - service: gets the connection's datagrams.
    ///   - observers: are told of the connection's opening and its end, once each; of an attempt that fails they hear nothing.
    /// - Returns: the open connection, on its event loop, or a failure that is a `ConnectError`.
    public func openTCPClientConnection(
        host: String,
        port: Int,
        timeout: Duration,
        framing: Framing = .two,
        service: any ServiceProvider,
        observers: [any ConnectionObserver] = []
    ) -> Answer<Connection> {
        let shard = self.nextShard()
        let target = ClientDial.Target(host: host, port: port, timeout: timeout, framing: framing)
        let answer = Answer<Connection>()
        self.dial(target, on: shard, service: service, observers: observers).begin { result in
            answer.set(result.mapError { $0 as any Error })
        }
        return answer
    }

    /// Opens a client connection, as the form that returns an `Answer` does, and suspends until it is open.
    ///
    /// Cancelling the task ends the attempt, closes its sockets and throws `ConnectError.cancelled` at once; a connection that
    /// was open by then is returned all the same.
    public func openTCPClientConnection(
        host: String,
        port: Int,
        timeout: Duration,
        framing: Framing = .two,
        service: any ServiceProvider,
        observers: [any ConnectionObserver] = []
    ) async throws(ConnectError) -> Connection {
        let target = ClientDial.Target(host: host, port: port, timeout: timeout, framing: framing)
        let dial = self.dial(target, on: self.nextShard(), service: service, observers: observers)
        let answer = Answer<Result<Connection, ConnectError>>()
        dial.begin { answer.succeed($0) }
        let result = await withTaskCancellationHandler {
            try? await answer.get()
        } onCancel: {
            dial.cancel()
        }
        guard let result else { preconditionFailure("a dial without a result") }
        return try result.get()
    }

    /// Opens a client connection, as the form that returns an `Answer` does, and holds the calling thread until it is open: for
    /// programs with a frame loop, as in the manual.
    ///
    /// - Precondition: the caller is not on an event loop, which would wait for itself. That ends the program.
    @available(*, noasync, message: "use the async openTCPClientConnection")
    public func openTCPClientConnectionAndWait(
        host: String,
        port: Int,
        timeout: Duration,
        framing: Framing = .two,
        service: any ServiceProvider,
        observers: [any ConnectionObserver] = []
    ) throws(ConnectError) -> Connection {
        guard !self.registry.shards.contains(where: { $0.loop.isCurrent }) else {
            fatalError("openTCPClientConnectionAndWait was called on an event loop, which it would block")
        }
        let target = ClientDial.Target(host: host, port: port, timeout: timeout, framing: framing)
        let answer = Answer<Result<Connection, ConnectError>>()
        self.dial(target, on: self.nextShard(), service: service, observers: observers).begin { answer.succeed($0) }
        guard let result = try? answer.wait() else { preconditionFailure("a dial without a result") }
        return try result.get()
    }

    private func dial(
        _ target: ClientDial.Target,
        on shard: Shard,
        service: any ServiceProvider,
        observers: [any ConnectionObserver] = []
    ) -> ClientDial {
        let origin = ConnectionOrigin(
            rendezvous: nil,
            roster: self.registry.roster,
            service: service,
            observers: observers
        )
        return ClientDial(
            target,
            origin: origin,
            registry: self.registry,
            shard: shard,
            lookups: self.lookups,
            dials: self.dials
        )
    }
}
