import PandaNet

/// Puts a router behind the connections: the relay's `myProcessDataFunction`. The router can be exchanged while it relays.
// @unchecked: each element of `current` belongs to the event loop of its number and is touched only there.
public final class DatagramRelay: DatagramReceiver, @unchecked Sendable {
    /// The router of each event loop.
    private let current: UnsafeMutableBufferPointer<Router>

    /// - Parameter routers: one for each event loop of the manager whose connections it gets. Each should be an object of its
    ///   own, so that no two loops count references to the same.
    public init(routers: [Router]) {
        self.current = .allocate(capacity: routers.count)
        _ = self.current.initialize(from: routers)
    }

    deinit {
        self.current.deinitialize()
        self.current.deallocate()
    }

    public func datagramsReceived(_ run: DatagramRun, from connection: Connection) {
        _ = self.datagramsReceived(run, from: connection, partsMax: .max)
    }

    public func datagramsReceived(_ run: DatagramRun, from connection: Connection, partsMax: Int) -> Int {
        let router = self.current[connection.eventLoopIndex]
        return router.route(run, to: ConnectionOutlet(sender: connection), partsMax: partsMax)
    }

    /// Gives the runs to come on one event loop to another router. On that event loop.
    public func use(_ router: Router, onEventLoop index: Int) {
        self.current[index] = router
    }
}

/// Carries out what a handler decides for a datagram of `sender`.
private struct ConnectionOutlet: DatagramOutlet {
    let sender: Connection

    var heldBackBytes: Int { self.sender.heldBackBytes }

    func reply(_ run: DatagramRun) {
        self.sender.send(run)
    }

    func broadcast(_ run: DatagramRun, includingSender: Bool) {
        self.sender.broadcast(run, includingSender: includingSender)
    }

    func drop(_ run: DatagramRun) {
        self.sender.drop(run)
    }
}
