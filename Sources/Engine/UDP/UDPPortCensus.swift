/// The ports of this program's UDP sockets, and how many sockets each has: two that answer each other never end. Any thread.
final class UDPPortCensus: Sendable {
    /// How many addresses the system is asked about in a second. A flood of datagrams with made-up sources and one of these
    /// ports costs no more than that.
    static let probesPerSecond = 64

    private struct State {
        var counts: [Int: Int] = [:]
        /// Answers of the system in the second that began at `probedSince`, by address without its port.
        var answers: [SocketAddress: Bool] = [:]
        var probedSince = Instant(nanoseconds: 0)
    }

    private let state = Locked(State())
    private let isLocal: @Sendable (SocketAddress) -> Bool

    /// - Parameter isLocal: whether an address is one of this machine's, its port aside.
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

    /// Whether a source may be a UDP socket of this program. An address that the system can't be asked about in this second
    /// counts as one.
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

    /// Ports that have a socket.
    var size: Int { self.state.withLock { $0.counts.count } }
}
