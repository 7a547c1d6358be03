import Engine

/// Drops each datagram. The outlet counts it.
public struct DropHandler: DatagramHandler {
    public static let name = "drop"

    public init(_ options: HandlerOptions) {}

    public func handle(_ run: DatagramRun, to outlet: some DatagramOutlet) {
        outlet.drop(run)
    }
}
