import Engine

/// Client connections: Panda3D's `openTCPClientConnection`, which answers null whatever went wrong.
extension QueuedConnectionManager {
    /// Connects to a server and blocks the calling thread until the connection is open or has failed. Nothing is read until a
    /// reader has the connection.
    ///
    /// - Parameters:
    ///   - host: a name, or a literal IPv6 or IPv4 address without brackets. Every address of a name is tried.
    ///   - port: 1…65,535.
    ///   - timeout: how long all of it may take, the lookup of the name included.
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

    /// Connects to a server, as the form that blocks its thread does. Cancelling the task ends the attempt.
    ///
    /// - Throws: `ConnectError`; `cancelled` when the task was.
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
