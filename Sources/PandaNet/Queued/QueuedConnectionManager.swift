import NIOConcurrencyHelpers
import NIOCore
import Wire

/// Opens and closes connections, and queues those that were lost: Panda3D's `QueuedConnectionManager`. Any thread but an
/// event loop's.
///
/// Its readers, listeners and writers hold it. When the last of them and the manager itself are gone, its connections are
/// closed, after what was sent on them has left, within `drain`.
public final class QueuedConnectionManager: Sendable {
    /// How long connections may take to end when the manager goes away.
    static let drain = Duration.seconds(1)

    let engine: ConnectionManager
    let core: QueuedCore
    private let rendezvous = NIOLockedValueBox<[ObjectIdentifier: RendezvousArrivals]>([:])

    /// - Parameters:
    ///   - eventLoops: threads that move datagrams, at least 1.
    ///   - datagramBytesMax: payload bytes of one incoming datagram. A header that says more ends its connection, and it is
    ///     queued as a reset; Panda3D has no such limit.
    ///   - pendingBytesMax: bytes that may wait for one peer before a `ConnectionWriter` with 0 threads waits for it.
    public init(eventLoops: Int = 1, datagramBytesMax: Int = 16 * 1024 * 1024, pendingBytesMax: Int = 256 * 1024) {
        self.engine = ConnectionManager(eventLoops: eventLoops, limits: .off(datagramBytes: datagramBytesMax))
        self.core = QueuedCore(pendingBytesMax: pendingBytesMax)
    }

    deinit {
        let engine = self.engine
        for arrivals in self.allArrivals { arrivals.close() }
        engine.closeConnections(drain: Self.drain).whenComplete { _ in
            Task { try? await engine.shutDown() }
        }
    }

    // MARK: Rendezvous sockets

    /// Opens a rendezvous socket for TCP and waits until it is open. Clients are accepted once a listener has it.
    ///
    /// - Parameters:
    ///   - host: a literal address; nil for every interface, IPv6 and IPv4.
    ///   - port: 0 takes any free port.
    ///   - backlog: clients that the system holds until they are accepted. Linux cuts it at `net.core.somaxconn`.
    /// - Throws: `RendezvousError`, where Panda3D `connectionManager.cxx` returns null.
    public func openTCPServerRendezvous(host: String? = nil, port: Int, backlog: Int = 1000) throws -> BoundRendezvous {
        let arrivals = RendezvousArrivals(core: self.core)
        let bound = try self.engine.openTCPServerRendezvous(
            Rendezvous(host: host, port: port, backlog: backlog),
            receiver: self.core,
            observer: arrivals
        ).wait()
        self.rendezvous.withLockedValue { $0[bound.id] = arrivals }
        arrivals.opened(bound)
        return bound
    }

    func arrivals(of rendezvous: BoundRendezvous) -> RendezvousArrivals? {
        self.rendezvous.withLockedValue { $0[rendezvous.id] }
    }

    var allArrivals: [RendezvousArrivals] { self.rendezvous.withLockedValue { Array($0.values) } }

    /// Closes a rendezvous socket and waits until its port is free. Its connections stay.
    ///
    /// - Returns: false when it was closed already or is another manager's.
    @discardableResult
    public func closeConnection(_ rendezvous: BoundRendezvous) -> Bool {
        let id = rendezvous.id
        guard let arrivals = self.rendezvous.withLockedValue({ $0.removeValue(forKey: id) }) else { return false }
        // What could fail is that it was closed already, which is what was asked for.
        try? rendezvous.close().wait()
        arrivals.closed()
        return true
    }
}
