import Engine
import Wire

extension QueuedConnectionManager {
    /// Opens a UDP socket and waits until it is open: Panda3D's `openUDPConnection` (`connectionManager.cxx`).
    ///
    /// Give it to a reader for incoming datagrams, each with the `address` of its sender, and send on it with
    /// `ConnectionWriter.send(_:to:address:)`. No datagram ends it. While it has no reader, or a polled reader is full, datagrams
    /// wait with the system, which drops those that its buffer can't hold.
    ///
    /// - Parameters:
    ///   - host: a literal address that it sends from and receives at; nil is every interface, IPv6 and IPv4.
    ///   - port: 0 takes any free port, for a program that sends first; `Connection.udpSocket` tells which.
    ///   - forBroadcast: whether it may send to broadcast addresses.
    ///   - isRaw: whether datagrams have no checksum before them, in both directions; Panda3D sets that on readers and writers.
    /// - Throws: `SystemError`, where Panda3D returns null.
    public func openUDPConnection(
        host: String? = nil,
        port: Int = 0,
        forBroadcast: Bool = false,
        isRaw: Bool = false
    ) throws -> Connection {
        try self.openUDP(host, port, forBroadcast, isRaw).wait()
    }

    /// Opens a UDP socket, as the form that blocks its thread does.
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
                // A reader that has let go of the connection meanwhile does not take it: UDP may lose datagrams.
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

/// The connection that stands for a UDP socket. The socket's closures must not keep it: it keeps the socket.
private struct OpenedConnection {
    weak var connection: Connection?
}
