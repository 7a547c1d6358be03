import Engine

/// Handles the datagrams of a route: sends them back, broadcasts them or drops them.
///
/// A handler acts only through its `DatagramOutlet`. It owns no socket and keeps no state about connections. To add a
/// handler, add a file in `Handlers/` and a line in `DatagramHandlers.all`.
public protocol DatagramHandler: Sendable {
    /// The handler's name in the configuration.
    static var name: String { get }
    /// Whether the handler uses `HandlerOptions.includeSender`. The configuration refuses the key for all other
    /// handlers.
    static var takesIncludeSender: Bool { get }

    init(_ options: HandlerOptions)

    /// Handles one run of datagrams that share a route. The router calls it on the sender's event loop, once for each
    /// run.
    func handle(_ run: DatagramRun, to outlet: some DatagramOutlet)
}

extension DatagramHandler {
    public static var takesIncludeSender: Bool { false }
}

/// The settings that a handler receives from its route, or from `[relay]` for all routes.
public struct HandlerOptions: Sendable, Equatable {
    /// Whether a broadcast also reaches its sender, as in the broadcast loop of Panda3D's manual.
    public var includeSender: Bool

    public init(includeSender: Bool) {
        self.includeSender = includeSender
    }
}

/// The actions that a handler can apply to a run. The outlet acts for the connection that sent the run.
public protocol DatagramOutlet {
    /// Sends the run back to its sender.
    func reply(_ run: DatagramRun)
    /// Sends the run to every connection of every listener, with or without the sender.
    func broadcast(_ run: DatagramRun, includingSender: Bool)
    /// Discards the run and counts its datagrams.
    func drop(_ run: DatagramRun)
    /// The number of bytes that a rate limit holds back at the end of the last run. They are always whole datagrams.
    ///
    /// The handler receives these datagrams again later. It must therefore broadcast a run at most once, and before any
    /// other call for the same run.
    var heldBackBytes: Int { get }
}

extension DatagramOutlet {
    public var heldBackBytes: Int { 0 }
}
