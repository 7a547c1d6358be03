import NIOCore

/// Client connections: Panda3D's `openTCPClientConnection`, which answers null whatever went wrong.
extension QueuedConnectionManager {
    /// Connects to a server and holds the calling thread until that is done or has failed. Nothing is read until a reader has
    /// the connection.
    ///
    /// - Parameters:
    ///   - host: a name, or a literal IPv6 or IPv4 address without brackets. Every address of a name is tried.
    ///   - port: 1…65,535.
    ///   - timeout: how long all of it may take, the lookup of the name included.
    /// - Throws: `ConnectError`, which says why not.
    public func openTCPClientConnection(host: String, port: Int, timeout: Duration) throws(ConnectError) -> Connection {
        let opening: EventLoopFuture<Connection> = self.engine.openTCPClientConnection(
            host: host,
            port: port,
            timeout: timeout,
            receiver: self.core,
            observer: self.core
        )
        do {
            return try opening.wait()
        } catch let error as ConnectError {
            throw error
        } catch {
            preconditionFailure("a client connection that failed with something else: \(error)")
        }
    }

    /// Connects to a server, as the form that holds its thread does. Cancelling the task ends the attempt.
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
            receiver: self.core,
            observer: self.core
        )
    }
}
