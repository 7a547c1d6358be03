import Engine
import Wire

extension WorkloadOptions {
    /// The framing of each payload. Over UDP it exists only between the run and the link.
    var framing: Framing {
        switch self.transport {
        case .tcp(let framing): framing
        case .udp: .two
        }
    }

    /// The limits on each connection. If a server does not read, its connection is closed before the queue takes too
    /// much memory.
    var limits: Limits {
        let frameBytes = self.framing.size + self.payloadBytes
        var limits = Limits.off(datagramBytes: Self.payloadBytesMax)
        limits.pendingBytes = Self.pendingBytes + (self.window ?? 1) * frameBytes
        return limits
    }

    /// The bytes that a publisher may have queued besides its window.
    private static let pendingBytes = 4 * 1024 * 1024
}
