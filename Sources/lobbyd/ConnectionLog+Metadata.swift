import Engine
import Logging

/// The metadata of the events. The journal stores each entry as a field.
extension ConnectionLog {
    static func identity(of connection: Connection) -> Logger.Metadata {
        [
            "connection_id": .stringConvertible(connection.id.rawValue),
            "peer_address": "\(connection.peer.host)",
            "peer_port": .stringConvertible(connection.peer.port),
            "listener": "\(connection.rendezvous?.name ?? "none")",
        ]
    }

    static func account(of connection: Connection, reason: CloseReason) -> Logger.Metadata {
        let traffic = connection.traffic
        var metadata = Self.identity(of: connection)
        metadata["close_reason"] = "\(reason.rawValue)"
        if let limit = connection.exceededLimit { metadata["limit"] = "\(limit.rawValue)" }
        metadata["bytes_in"] = .stringConvertible(traffic.bytesIn)
        metadata["bytes_out"] = .stringConvertible(traffic.bytesOut)
        metadata["datagrams_in"] = .stringConvertible(traffic.datagramsIn)
        metadata["datagrams_out"] = .stringConvertible(traffic.datagramsOut)
        if traffic.datagramsUnsent > 0 { metadata["datagrams_unsent"] = .stringConvertible(traffic.datagramsUnsent) }
        metadata["duration_usec"] = .stringConvertible(connection.age.microseconds)
        return metadata
    }
}

extension Logger.Metadata {
    /// The metadata, and the number of events suppressed before this one unless that number is 0.
    func adding(suppressed: Int) -> Logger.Metadata {
        guard suppressed > 0 else { return self }
        return self.merging(["suppressed": .stringConvertible(suppressed)]) { $1 }
    }

    /// The metadata and the operator's reason for the close, if there is one.
    func adding(kickReason: String?) -> Logger.Metadata {
        guard let kickReason else { return self }
        return self.merging(["reason": "\(kickReason)"]) { $1 }
    }
}
