import NIOCore
import NIOEmbedded
import Wire

@testable import PandaNet

/// A frame as it is on the wire.
func frame(_ payload: [UInt8], _ header: TCPHeader = .two) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: header.size)
    bytes.withUnsafeMutableBytes { header.write(payloadBytes: payload.count, to: $0) }
    return bytes + payload
}

extension DatagramRun {
    var payloads: [[UInt8]] {
        var payloads: [[UInt8]] = []
        self.forEachPayload { payloads.append(Array($0)) }
        return payloads
    }
}

extension Shard {
    /// A shard whose event loop runs only when a test says so.
    static func embedded(
        limits: Limits = Limits(),
        coalesce: Duration = .zero
    ) -> (shard: Shard, loop: EmbeddedEventLoop) {
        let loop = EmbeddedEventLoop()
        return (Shard(eventLoop: loop, limits: limits, coalesce: coalesce), loop)
    }

    func connection(_ id: UInt64, header: TCPHeader = .two) -> Connection {
        Connection(
            id: ConnectionID(rawValue: id),
            peer: NetAddress(host: "127.0.0.1", port: Int(id)),
            rendezvous: nil,
            header: header,
            openedAt: .uptimeNanoseconds(0),
            shard: self
        )
    }
}

extension BroadcastBatch {
    /// - Returns: where the payloads stand in the batch, framed with `header`.
    @discardableResult
    mutating func append(_ payloads: [[UInt8]], _ header: TCPHeader = .two) -> Range<Int> {
        let bytes = payloads.flatMap { frame($0, header) }
        return bytes.withUnsafeBytes {
            self.append(DatagramRun(bytes: $0, datagramCount: payloads.count, header: header))
        }
    }
}

extension PendingWrites {
    mutating func append(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { self.append($0) }
    }
}
