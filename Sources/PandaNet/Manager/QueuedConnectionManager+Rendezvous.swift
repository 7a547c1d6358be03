import Engine

/// Rendezvous sockets. Any thread but an event loop's.
extension QueuedConnectionManager {
    /// Opens a rendezvous socket for TCP and waits until it is open. It accepts clients when a listener has it.
    ///
    /// - Parameters:
    ///   - host: a literal address; nil for every interface, IPv6 and IPv4.
    ///   - port: 0 takes any free port.
    ///   - backlog: the number of clients that the system holds until they are accepted. Linux caps it at `net.core.somaxconn`.
    /// - Throws: `RendezvousError`, where Panda3D `connectionManager.cxx` returns null.
    public func openTCPServerRendezvous(host: String? = nil, port: Int, backlog: Int = 1000) throws -> BoundRendezvous {
        try self.openRendezvous(host, port, backlog).wait()
    }

    /// Opens a rendezvous socket for TCP without blocking a thread.
    ///
    /// - Throws: `RendezvousError`.
    public func openTCPServerRendezvous(
        host: String? = nil,
        port: Int,
        backlog: Int = 1000
    ) async throws -> BoundRendezvous {
        try await self.openRendezvous(host, port, backlog).get()
    }

    private func openRendezvous(_ host: String?, _ port: Int, _ backlog: Int) -> Answer<BoundRendezvous> {
        let arrivals = RendezvousArrivals()
        return self.engine.openTCPServerRendezvous(
            Rendezvous(host: host, port: port, backlog: backlog),
            isHeld: true,
            service: QueuedServices(core: self.core) { arrivals.arrived($0) },
            observers: []
        ).map { bound in
            arrivals.opened(bound)
            self.rendezvous.withLock { $0[bound.id] = arrivals }
            return bound
        }
    }

    /// Closes a rendezvous socket and waits until its port is free. Its connections stay open.
    ///
    /// - Returns: false if the socket was closed before or is another manager's.
    @discardableResult
    public func closeConnection(_ rendezvous: BoundRendezvous) -> Bool {
        guard let arrivals = self.rendezvous.withLock({ $0.removeValue(forKey: rendezvous.id) }) else { return false }
        // The call fails only if the socket was closed before.
        try? arrivals.close().wait()
        return true
    }

    func arrivals(of rendezvous: BoundRendezvous) -> RendezvousArrivals? {
        self.rendezvous.withLock { $0[rendezvous.id] }
    }

    var allArrivals: [RendezvousArrivals] { self.rendezvous.withLock { Array($0.values) } }
}
