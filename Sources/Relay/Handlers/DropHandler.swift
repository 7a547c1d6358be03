import Engine

/// Swallows each datagram; the counter is all that is left of it.
public struct DropHandler: DatagramHandler {
    public static let name = "drop"

    public init(_ options: HandlerOptions) {}

    public func handle(_ run: DatagramRun, to outlet: some DatagramOutlet) {
        outlet.drop(run)
    }
}
