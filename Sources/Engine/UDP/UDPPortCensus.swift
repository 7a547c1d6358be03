import NIOConcurrencyHelpers

/// The ports of this program's UDP sockets, and how many sockets each has: two that answer each other never end. Any thread.
final class UDPPortCensus: Sendable {
    private let counts = NIOLockedValueBox<[Int: Int]>([:])

    func opened(_ port: Int) {
        self.counts.withLockedValue { $0[port, default: 0] += 1 }
    }

    func ended(_ port: Int) {
        self.counts.withLockedValue { counts in
            guard let count = counts[port] else { preconditionFailure("a UDP socket that ended and was never open") }
            counts[port] = count > 1 ? count - 1 : nil
        }
    }

    func contains(_ port: Int) -> Bool {
        self.counts.withLockedValue { $0[port] != nil }
    }

    /// Ports that have a socket.
    var size: Int { self.counts.withLockedValue { $0.count } }
}
