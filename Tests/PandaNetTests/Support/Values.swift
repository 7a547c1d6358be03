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

    /// Of few connections, which take one step.
    func counts() -> ConnectionCounts {
        precondition(self.table.count <= Self.visitsPerTurn, "counts that take more than one step")
        guard let counts = try? self.countInSteps().wait() else { preconditionFailure("counts that failed") }
        return counts
    }

    func connection(_ id: UInt64, header: TCPHeader = .two) -> Connection {
        Connection(
            id: ConnectionID(rawValue: id),
            peer: NetAddress(host: "127.0.0.1", port: Int(id)),
            origin: nil,
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
    init(bytesMax: Int?, datagramsMax: Int? = nil, header: TCPHeader? = nil) {
        var limits = Limits.off(datagramBytes: 65_535)
        limits.pendingBytes = bytesMax
        limits.pendingDatagrams = datagramsMax
        self.init(limits, header: header)
    }

    /// Takes over frames of which the kernel took so many bytes, all or nothing.
    ///
    /// - Returns: the limit that they would pass; then nothing was taken.
    mutating func append(_ frames: [UInt8], datagramCount: Int = 1, sentBytes: Int = 0) -> ConnectionLimit? {
        frames.withUnsafeBytes { frames in
            let unsent = UnsentFrames(
                of: frames,
                datagramCount: datagramCount,
                sentBytes: sentBytes,
                header: self.header
            )
            let limit = self.limit(passedBy: unsent)
            if limit == nil { self.append(unsent) }
            return limit
        }
    }

    /// Takes over whole frames that others have too.
    mutating func append(_ frames: [UInt8], datagramCount: Int, sharing segments: [ByteBuffer]) {
        frames.withUnsafeBytes { frames in
            let unsent = UnsentFrames(of: frames, datagramCount: datagramCount, sentBytes: 0, header: self.header)
            self.append(unsent, sharing: segments)
        }
    }
}

extension NIODeadline {
    /// That many seconds after the beginning of time.
    static func seconds(_ seconds: Double) -> NIODeadline { .uptimeNanoseconds(UInt64(seconds * 1_000_000_000)) }
}
