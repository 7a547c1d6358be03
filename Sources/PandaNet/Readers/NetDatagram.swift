import Engine
import Wire

/// A received datagram with its connection and its sender: Panda3D's `NetDatagram` (`netDatagram.cxx`).
public struct NetDatagram: Sendable {
    /// The payload, without its header.
    public let datagram: Datagram
    /// The connection on which the datagram arrived.
    public let connection: Connection
    /// The address of the sender.
    public let address: NetAddress

    /// - Parameter address: the address of the sender; nil stands for the connection's peer.
    init(_ datagram: Datagram, from connection: Connection, at address: NetAddress? = nil) {
        self.datagram = datagram
        self.connection = connection
        self.address = address ?? connection.peer
    }
}

extension NetDatagram {
    /// The datagrams of the whole frames at the beginning of an array. The datagrams share the array's memory.
    ///
    /// - Parameters:
    ///   - byteCount: the bytes of these frames.
    ///   - framing: nil makes one datagram of all these bytes.
    static func all(
        in array: [UInt8],
        byteCount: Int,
        _ framing: Framing?,
        from connection: Connection
    ) -> [NetDatagram] {
        let address = connection.peer
        guard let framing else {
            return [NetDatagram(Datagram(sharing: array, range: 0..<byteCount), from: connection, at: address)]
        }
        var datagrams: [NetDatagram] = []
        var offset = 0
        while offset < byteCount {
            let end = array.withUnsafeBytes { offset + framing.frameBytes(in: $0, at: offset) }
            let datagram = Datagram(sharing: array, range: offset + framing.size..<end)
            datagrams.append(NetDatagram(datagram, from: connection, at: address))
            offset = end
        }
        return datagrams
    }
}
