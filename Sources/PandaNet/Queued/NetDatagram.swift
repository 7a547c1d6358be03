import Wire

/// A datagram together with the connection that it came on: Panda3D's `NetDatagram`.
public struct NetDatagram: Sendable {
    public let datagram: Datagram
    public let connection: Connection
    /// Who sent it.
    public let address: NetAddress

    init(_ datagram: Datagram, from connection: Connection) {
        self.datagram = datagram
        self.connection = connection
        self.address = connection.peer
    }
}
