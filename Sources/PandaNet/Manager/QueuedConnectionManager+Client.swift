import Engine

/// Client connections: Panda3D's `openTCPClientConnection`, which returns null for every error.
extension QueuedConnectionManager {
    /// Connects to a server and blocks the calling thread until the connection is open or the attempt has failed. The connection
    /// is not read until it is given to a reader.
    ///
    /// - Parameters:
    ///   - host: a name, or a literal IPv6 or IPv4 address without brackets. All addresses of a name are tried.
    ///   - port: 1…65,535.
    ///   - timeout: the time for the whole attempt, the lookup of the name included.
    /// - Throws: `ConnectError`, which names the reason.
    public func openTCPClientConnection(host: String, port: Int, timeout: Duration) throws(ConnectError) -> Connection {
        try self.engine.openTCPClientConnectionAndWait(
            host: host,
            port: port,
            timeout: timeout,
            service: self.clientServices,
            observers: []
        )
    }

    /// Connects to a server without blocking a thread. Cancelling the task ends the attempt.
    ///
    /// - Throws: `ConnectError`; its case `cancelled` if the task was cancelled.
    public func openTCPClientConnection(
        host: String,
        port: Int,
        timeout: Duration
    ) async throws(ConnectError) -> Connection {
        try await self.engine.openTCPClientConnection(
            host: host,
            port: port,
            timeout: timeout,
            service: self.clientServices,
            observers: []
        )
    }

    private var clientServices: QueuedServices { QueuedServices(core: self.core) { _ in } }
}
