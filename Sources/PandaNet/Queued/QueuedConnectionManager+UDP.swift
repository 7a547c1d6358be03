import NIOConcurrencyHelpers
import NIOCore
import Wire

extension QueuedConnectionManager {
    /// Opens a UDP socket and waits until it is open: Panda3D's `openUDPConnection` (`connectionManager.cxx`).
    ///
    /// Give it to a reader for what comes, each with the `address` of its sender, and send on it with
    /// `ConnectionWriter.send(_:to:address:)`. No datagram ends it. One that a full reader can't take is lost.
    ///
    /// - Parameters:
    ///   - host: a literal address that it sends from and receives at; nil is every interface, IPv6 and IPv4.
    ///   - port: 0 takes any free port, for a program that sends first; `Connection.udpSocket` tells which.
    ///   - forBroadcast: whether it may send to broadcast addresses.
    ///   - isRaw: whether datagrams have no checksum before them, in both directions; Panda3D sets that on readers and writers.
    /// - Throws: the system's `IOError`, where Panda3D returns null.
    public func openUDPConnection(
        host: String? = nil,
        port: Int = 0,
        forBroadcast: Bool = false,
        isRaw: Bool = false
    ) throws -> Connection {
        let inbox = UDPInbox()
        let socket = try self.engine.openUDPConnection(
            host: host,
            port: port,
            forBroadcast: forBroadcast,
            isRaw: isRaw
        ) { payload, sender in
            inbox.received(payload, from: sender)
        }.wait()
        let connection = Connection(
            id: self.engine.registry.nextID(),
            peer: NetAddress(host: "0.0.0.0", port: 0),
            origin: nil,
            header: .two,
            openedAt: .now(),
            shard: socket.shard,
            link: self.core.makeLink(),
            udpSocket: socket
        )
        inbox.open(connection)
        return connection
    }
}

/// Hands what a UDP socket receives to the reader that has its connection.
private final class UDPInbox: Sendable {
    private let connection = NIOLockedValueBox<WeakConnection>(WeakConnection())

    private struct WeakConnection {
        weak var connection: Connection?
    }

    func open(_ connection: Connection) {
        self.connection.withLockedValue { $0.connection = connection }
    }

    func received(_ payload: UnsafeRawBufferPointer, from sender: NetAddress) {
        guard let connection = self.connection.withLockedValue({ $0.connection }) else { return }
        let datagram = Datagram(ByteBuffer(bytes: payload))
        _ = connection.link?.sink?.take([NetDatagram(datagram, from: connection, at: sender)], from: connection)
    }
}
