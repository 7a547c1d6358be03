import PandaNet
import Wire

extension WorkloadOptions {
    /// What stands before each payload; over UDP between here and the link only.
    var header: TCPHeader {
        switch self.transport {
        case .tcp(let header): header
        case .udp: .two
        }
    }

    /// A UDP socket sends past NIO, on a descriptor of its own.
    var descriptorsPerConnection: Int {
        switch self.transport {
        case .tcp: 1
        case .udp: 2
        }
    }

    /// A server that does not take what a publisher sends ends the publisher's connection here, rather than the memory.
    var limits: Limits {
        let frameBytes = self.header.size + self.payloadBytes
        var limits = Limits.off(datagramBytes: Self.payloadBytesMax)
        limits.pendingBytes = Self.pendingBytes + (self.window ?? 1) * frameBytes
        return limits
    }

    /// What a publisher may have waiting besides a window, in bytes.
    private static let pendingBytes = 4 * 1024 * 1024
}
