import PandaNet

/// Puts a router behind the connections: the relay's `myProcessDataFunction`.
public struct DatagramRelay: DatagramReceiver {
    private let router: Router

    public init(router: Router) {
        self.router = router
    }

    public func datagramsReceived(_ run: DatagramRun, from connection: Connection) {
        self.router.route(run, to: ConnectionOutlet(sender: connection))
    }
}

/// Carries out what a handler decides for a datagram of `sender`.
private struct ConnectionOutlet: DatagramOutlet {
    let sender: Connection

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
