import Engine
import Wire

/// The transport of one connection's datagrams. Call `send` on its event loop.
enum Link: Sendable {
    case tcp(Connection)
    case udp(UDPSocket, NetAddress)

    func send(_ run: DatagramRun) {
        switch self {
        case .tcp(let connection): connection.send(run)
        case .udp(let socket, let server):
            run.forEachPayload { payload in _ = socket.send(Datagram(payload), to: server) }
        }
    }
}
