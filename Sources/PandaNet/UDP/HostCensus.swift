import NIOConcurrencyHelpers

/// How many TCP connections are open with each IP address: what UDP addresses are proven by. Any thread.
///
/// Nothing here is on the way of a TCP datagram.
final class HostCensus: Sendable {
    private let counts = NIOLockedValueBox<[String: Int]>([:])

    func arrived(_ host: String) {
        self.counts.withLockedValue { $0[host, default: 0] += 1 }
    }

    func left(_ host: String) {
        self.counts.withLockedValue { counts in
            guard let count = counts[host] else { preconditionFailure("a connection that left and never arrived") }
            counts[host] = count > 1 ? count - 1 : nil
        }
    }

    func contains(_ host: String) -> Bool {
        self.counts.withLockedValue { $0[host] != nil }
    }
}
