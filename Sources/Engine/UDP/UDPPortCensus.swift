/// Counts this program's UDP sockets on each port, to detect datagrams from its own sockets. Any thread.
///
/// Two sockets of this program that answer each other would never stop.
final class UDPPortCensus: Sendable {
    /// The largest number of system queries in a second. It bounds the cost of a flood of datagrams whose spoofed
    /// source addresses have one of these ports.
    static let probesPerSecond = 64

    private struct State {
        var counts: [Int: Int] = [:]
        /// The system's answers within the second that began at `probedSince`, by address without port.
        var answers: [SocketAddress: Bool] = [:]
        var probedSince = Instant(nanoseconds: 0)
    }

    private let state = Locked(State())
    private let isLocal: @Sendable (SocketAddress) -> Bool

    /// - Parameter isLocal: whether an address belongs to this machine, regardless of its port.
    init(isLocal: @escaping @Sendable (SocketAddress) -> Bool = UDPSource.isLocal) {
        self.isLocal = isLocal
    }

    func opened(_ port: Int) {
        self.state.withLock { $0.counts[port, default: 0] += 1 }
    }

    func ended(_ port: Int) {
        self.state.withLock { state in
            guard let count = state.counts[port] else {
                preconditionFailure("a UDP socket that ended and was never open")
            }
            state.counts[port] = count > 1 ? count - 1 : nil
        }
    }

    /// Whether a source may be a UDP socket of this program. Also true if the census may not ask about more addresses
    /// in this second.
    func mayOwn(_ source: SocketAddress, at now: Instant) -> Bool {
        self.state.withLock { state in
            guard state.counts[source.port] != nil else { return false }
            if now - state.probedSince >= .seconds(1) { (state.answers, state.probedSince) = ([:], now) }
            let address = source.withPort(0)
            if let answer = state.answers[address] { return answer }
            guard state.answers.count < Self.probesPerSecond else { return true }
            let answer = self.isLocal(address)
            state.answers[address] = answer
            return answer
        }
    }

    /// The number of ports with a socket.
    var size: Int { self.state.withLock { $0.counts.count } }
}
