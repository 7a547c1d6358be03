import Wire

/// Client connections, like Panda3D's `ConnectionManager::open_TCP_client_connection` (`connectionManager.cxx`).
///
/// Panda3D looks the name up before its timeout begins, tries only one address, and returns null for every failure.
/// Here the timeout includes the lookup, every address of the name is tried (IPv6 and IPv4, RFC 8305), and a
/// `ConnectError` gives the reason. If several addresses fail, the error is the most telling failure, see
/// `AddressFailure`.
///
/// The connection is in the registry. It counts for `Limits.connections` from the beginning of the attempt, receives
/// broadcasts, and has all limits of an accepted connection. Its `rendezvous` is nil.
extension ConnectionManager {
    /// Opens a client connection. Any thread; it does not block.
    ///
    /// - Parameters:
    ///   - host: a name, or a literal IPv6 or IPv4 address without brackets.
    ///   - port: 1…65,535.
    ///   - timeout: the time limit for the whole attempt, including the lookup.
    ///   - framing: the framing in both directions; the peer must use the same.
    ///   - service: receives the connection's datagrams.
    ///   - observers: each is called once when the connection opens and once when it ends. A failed attempt calls no
    ///     observer.
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

    /// Opens a client connection and suspends until it is open. The parameters are as in the form that returns an
    /// `Answer`.
    ///
    /// Cancelling the task ends the attempt, closes its sockets and throws `ConnectError.cancelled` at once. If the
    /// connection was already open, it is returned.
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

    /// Opens a client connection and blocks the calling thread until it is open. The parameters are as in the form that
    /// returns an `Answer`.
    ///
    /// This form is for programs with a frame loop, as in Panda3D's manual.
    ///
    /// - Precondition: the caller is not on an event loop. An event loop would wait for itself; the program stops
    ///   instead.
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
