import Control

/// A table of connections.
struct ConnectionListing {
    let connections: [ConnectionReport]
    /// Whether the traffic is per second. The titles then say so.
    var isPerSecond = false

    func lines(width: Int?) -> [String] {
        TextTable(columns: self.columns, rows: self.connections.map(Self.row)).lines(width: width)
    }

    private var columns: [TextTable.Column] {
        let (datagrams, bytes) = self.isPerSecond ? ("DG/S", "B/S") : ("DG", "B")
        return [
            TextTable.Column(title: "ID", isNumber: true),
            TextTable.Column(title: "LISTENER", isFlexible: true),
            TextTable.Column(title: "ADDRESS", isFlexible: true),
            TextTable.Column(title: "AGE", isNumber: true),
            TextTable.Column(title: "\(datagrams) IN", isNumber: true),
            TextTable.Column(title: "OUT", isNumber: true),
            TextTable.Column(title: "\(bytes) IN", isNumber: true),
            TextTable.Column(title: "OUT", isNumber: true),
            TextTable.Column(title: "PENDING", isNumber: true),
        ]
    }

    private static func row(_ connection: ConnectionReport) -> [String] {
        let traffic = connection.traffic
        return [
            String(connection.id),
            connection.listener,
            connection.place,
            connection.age.compact,
            traffic.datagramsIn.compact,
            traffic.datagramsOut.compact,
            traffic.bytesIn.compact,
            traffic.bytesOut.compact,
            UInt64(max(0, connection.pendingBytes)).compact,
        ]
    }
}
