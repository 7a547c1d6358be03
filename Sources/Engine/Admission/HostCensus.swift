/// Counts the open TCP connections of each IP address, which prove its UDP ports. Any thread.
///
/// It is not used for TCP datagrams.
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
