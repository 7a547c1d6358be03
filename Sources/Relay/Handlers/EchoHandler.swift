import Engine

/// Sends each datagram back to where it came from.
public struct EchoHandler: DatagramHandler {
    public static let name = "echo"

    public init(_ options: HandlerOptions) {}

    public func handle(_ run: DatagramRun, to outlet: some DatagramOutlet) {
        outlet.reply(run)
    }
}
