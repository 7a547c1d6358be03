import Engine
import Wire

extension QueuedConnectionManager {
    /// Opens a UDP socket and waits until it is open: Panda3D's `openUDPConnection` (`connectionManager.cxx`).
    ///
    /// Give the connection to a reader to receive datagrams, each with the `address` of its sender. Send on it with
    /// `ConnectionWriter.send(_:to:address:)`. No received datagram and no failed send closes it. While it has no
    /// reader, or its polled reader is full, the system holds the datagrams, and drops those that do not fit into its
    /// receive buffer.
    ///
    /// - Parameters:
    ///   - host: the literal address to bind; nil binds every interface, IPv6 and IPv4.
    ///   - port: 0 takes any free port, for a program that sends first. `Connection.udpSocket` has the number of the
    ///     port.
    ///   - forBroadcast: whether the socket may send to broadcast addresses.
    ///   - isRaw: whether datagrams have no checksum header, in both directions. Panda3D sets this on readers and
    ///     writers.
    /// - Throws: `SystemError`, where Panda3D returns null.
    public func openUDPConnection(
        host: String? = nil,
        port: Int = 0,
        forBroadcast: Bool = false,
        isRaw: Bool = false
    ) throws -> Connection {
        try self.openUDP(host, port, forBroadcast, isRaw).wait()
    }

    /// Opens a UDP socket without blocking a thread.
    ///
    /// - Throws: `SystemError`.
    public func openUDPConnection(
        host: String? = nil,
        port: Int = 0,
        forBroadcast: Bool = false,
        isRaw: Bool = false
    ) async throws -> Connection {
        try await self.openUDP(host, port, forBroadcast, isRaw).get()
    }

    private func openUDP(_ host: String?, _ port: Int, _ forBroadcast: Bool, _ isRaw: Bool) -> Answer<Connection> {
        let opened = Locked(OpenedConnection())
        let (engine, core) = (self.engine, self.core)
        return engine.openUDPConnection(
            host: host,
            port: port,
            forBroadcast: forBroadcast,
            isRaw: isRaw,
            admits: {
                guard let connection = opened.withLock({ $0.connection }) else { return false }
                return connection.link?.reader?.admitsRead(of: connection) ?? false
            },
            received: { payload, sender in
                guard let connection = opened.withLock({ $0.connection }) else { return }
                let datagram = NetDatagram(Datagram(payload), from: connection, at: sender)
                // If the reader has just given up the connection, the datagram is lost, as UDP allows.
                _ = connection.link?.reader?.take([datagram], from: connection)
            }
        ).flatMap { socket in
            let link = ConnectionLink(core: core, udpSocket: socket)
            return engine.connection(standingFor: socket, attachment: link)
        }.map { connection in
            opened.withLock { $0.connection = connection }
            return connection
        }
    }
}

/// A weak reference to the connection of a UDP socket. The connection keeps the socket alive, so the socket's closures must not
/// keep the connection alive.
private struct OpenedConnection {
    weak var connection: Connection?
}
