import Engine

/// Puts a router behind the connections: the relay's `myProcessDataFunction`. The router can be exchanged while it relays.
// @unchecked: each slot belongs to the event loop of its number and is touched only there.
public final class DatagramRelay: ServiceProvider, @unchecked Sendable {
    /// The place of one event loop's router.
    fileprivate final class Slot {
        var router: Router

        init(_ router: Router) {
            self.router = router
        }
    }

    private let slots: [Slot]

    /// - Parameter routers: one for each event loop of the manager whose connections it gets. Each should be an object of its
    ///   own, so that no two loops count references to the same.
    public init(routers: [Router]) {
        self.slots = routers.map(Slot.init)
    }

    public func makeService(eventLoopIndex: Int) -> any Service { RelayService(self.slots[eventLoopIndex]) }

    /// Gives the runs to come on one event loop to another router. On that event loop.
    public func use(_ router: Router, onEventLoop index: Int) {
        self.slots[index].router = router
    }
}

/// Routes the datagrams of one listener on one event loop.
private final class RelayService: Service {
    private let slot: DatagramRelay.Slot

    init(_ slot: DatagramRelay.Slot) {
        self.slot = slot
    }

    func received(_ run: DatagramRun, from connection: Connection, partsMax: Int) -> Int {
        self.slot.router.route(run, to: ConnectionOutlet(sender: connection), partsMax: partsMax)
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
