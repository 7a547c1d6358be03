import Engine

/// Gives connections to the manual's classes: the accepted ones of a rendezvous, or the client connections of this program.
struct QueuedServices: ServiceProvider {
    let core: QueuedCore
    /// Is called on the connection's event loop, and must not wait.
    let opened: @Sendable (Connection) -> Void

    func makeService(eventLoopIndex: Int) -> any Service { QueuedService(opened: self.opened) }

    func makeAttachment() -> (any ConnectionAttachment)? { ConnectionLink(core: self.core) }
}

/// The service of one event loop.
private final class QueuedService: Service {
    private let whenOpened: @Sendable (Connection) -> Void

    init(opened: @escaping @Sendable (Connection) -> Void) {
        self.whenOpened = opened
    }

    func opened(_ connection: Connection) {
        connection.byteReceiver = connection.link?.receiver
        self.whenOpened(connection)
    }

    /// Is never called, because the byte receiver gets the bytes.
    func received(_ run: DatagramRun, from connection: Connection, partsMax: Int) -> Int { run.bytes.count }

    func closed(_ connection: Connection, reason: CloseReason) { connection.link?.ended(connection) }
}
