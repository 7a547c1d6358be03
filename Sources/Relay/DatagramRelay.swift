import Engine

/// Routes the datagrams of connections, like `myProcessDataFunction` in Panda3D's manual. Its routers can be replaced
/// at run time.
// @unchecked: each slot belongs to the event loop with the same index, and only that event loop accesses it.
public final class DatagramRelay: ServiceProvider, @unchecked Sendable {
    /// Holds the router of one event loop.
    fileprivate final class Slot {
        var router: Router

        init(_ router: Router) {
            self.router = router
        }
    }

    private let slots: [Slot]

    /// - Parameter routers: one router for each event loop of the manager. Each must be a separate object. Otherwise
    ///   event loops would contend for one reference count.
    public init(routers: [Router]) {
        self.slots = routers.map(Slot.init)
    }

    public func makeService(eventLoopIndex: Int) -> any Service { RelayService(self.slots[eventLoopIndex]) }

    /// Sets the router for all later runs on one event loop. Call it on that event loop.
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

/// Applies a handler's decisions to a run of `sender`.
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
