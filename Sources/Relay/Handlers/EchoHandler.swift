import Engine

/// Sends each datagram back to its sender.
public struct EchoHandler: DatagramHandler {
    public static let name = "echo"

    public init(_ options: HandlerOptions) {}

    public func handle(_ run: DatagramRun, to outlet: some DatagramOutlet) {
        outlet.reply(run)
    }
}
