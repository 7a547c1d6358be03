import Engine

/// Sends each datagram to every connection; to its sender only when told so.
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
