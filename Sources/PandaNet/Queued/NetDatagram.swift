import NIOCore
import Wire

/// A datagram together with the connection that it came on: Panda3D's `NetDatagram` (`netDatagram.cxx`).
public struct NetDatagram: Sendable {
    /// The payload, without its header.
    public let datagram: Datagram
    /// What it came on.
    public let connection: Connection
    /// Who sent it.
    public let address: NetAddress

    /// - Parameter address: nil is the connection's peer.
    init(_ datagram: Datagram, from connection: Connection, at address: NetAddress? = nil) {
        self.datagram = datagram
        self.connection = connection
        self.address = address ?? connection.peer
    }
}

extension NetDatagram {
    /// The datagrams of a run, which share one copy of it.
    static func all(of run: DatagramRun, from connection: Connection) -> [NetDatagram] {
        let copy = ByteBuffer(bytes: run.bytes)
        guard let start = run.bytes.baseAddress else { return [] }
        var datagrams: [NetDatagram] = []
        datagrams.reserveCapacity(run.datagramCount)
        run.forEachPayload { payload in
            let offset = payload.baseAddress.map { $0 - start } ?? 0
            guard let slice = copy.getSlice(at: offset, length: payload.count) else {
                preconditionFailure("a payload outside of its run")
            }
            datagrams.append(NetDatagram(Datagram(slice), from: connection))
        }
        return datagrams
    }
}
