import Engine
import Wire

extension WorkloadOptions {
    /// What stands before each payload; over UDP between here and the link only.
    var framing: Framing {
        switch self.transport {
        case .tcp(let framing): framing
        case .udp: .two
        }
    }

    /// A server that does not take what a publisher sends ends the publisher's connection here, rather than the memory.
    var limits: Limits {
        let frameBytes = self.framing.size + self.payloadBytes
        var limits = Limits.off(datagramBytes: Self.payloadBytesMax)
        limits.pendingBytes = Self.pendingBytes + (self.window ?? 1) * frameBytes
        return limits
    }

    /// What a publisher may have waiting besides a window, in bytes.
    private static let pendingBytes = 4 * 1024 * 1024
}
