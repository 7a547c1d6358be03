/// Counts the open TCP connections of each IP address. They prove UDP ports of that address, see `UDPProof`. Any
/// thread.
///
/// It is used when a TCP connection opens or ends and when the proof of UDP ports is checked, never for a datagram over
/// TCP.
final class HostCensus: Sendable {
    private let counts = Locked<[IPAddress: Int]>([:])

    func arrived(_ host: IPAddress) {
        self.counts.withLock { $0[host, default: 0] += 1 }
    }

    func left(_ host: IPAddress) {
        self.counts.withLock { counts in
            guard let count = counts[host] else { preconditionFailure("a connection that left and never arrived") }
            counts[host] = count > 1 ? count - 1 : nil
        }
    }

    func count(of host: IPAddress) -> Int {
        self.counts.withLock { $0[host] ?? 0 }
    }
}
