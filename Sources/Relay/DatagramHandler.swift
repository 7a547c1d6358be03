import Engine

/// What becomes of the datagrams that a route sends here.
///
/// A handler decides and tells its outlet; it owns no socket and keeps no state of a connection. A new one is a file in
/// `Handlers/` and a line in `DatagramHandlers.all`.
public protocol DatagramHandler: Sendable {
    /// What the configuration calls it.
    static var name: String { get }
    /// Whether `HandlerOptions.includeSender` means something to it; the configuration refuses the key where it does not.
    static var takesIncludeSender: Bool { get }

    init(_ options: HandlerOptions)

    /// Called on the sender's event loop, once for each run of datagrams that share a route.
    func handle(_ run: DatagramRun, to outlet: some DatagramOutlet)
}

extension DatagramHandler {
    public static var takesIncludeSender: Bool { false }
}

/// The settings that a route, or `[relay]` for all of them, hands to its handler.
public struct HandlerOptions: Sendable, Equatable {
    /// A broadcast reaches its sender too, as in the manual's loop.
    public var includeSender: Bool

    public init(includeSender: Bool) {
        self.includeSender = includeSender
    }
}

/// What a handler may do with a run, seen from the connection that sent it.
public protocol DatagramOutlet {
    /// Back to the sender.
    func reply(_ run: DatagramRun)
    /// To every connection of every listener, with or without the sender.
    func broadcast(_ run: DatagramRun, includingSender: Bool)
    /// To nobody; it is counted.
    func drop(_ run: DatagramRun)
    /// Bytes at the end of the last run that a rate holds back: whole datagrams. They come to the handler again, so that a
    /// handler broadcasts a run once at most, before anything else that it does with it.
    var heldBackBytes: Int { get }
}

extension DatagramOutlet {
    public var heldBackBytes: Int { 0 }
}
