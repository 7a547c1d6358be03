import Engine

/// Sends each datagram to every connection. `includeSender` decides whether the sender gets it too.
public struct BroadcastHandler: DatagramHandler {
    public static let name = "broadcast"
    public static let takesIncludeSender = true

    let includeSender: Bool

    public init(_ options: HandlerOptions) {
        self.includeSender = options.includeSender
    }

    public func handle(_ run: DatagramRun, to outlet: some DatagramOutlet) {
        outlet.broadcast(run, includingSender: self.includeSender)
    }
}
