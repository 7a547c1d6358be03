import NIOConcurrencyHelpers
import NIOCore

/// One IP address that sends over UDP, with all its ports, on all UDP listeners of a manager. Any thread.
final class UDPHost: Sendable {
    private struct State {
        /// The ports that have a connection. The front are the ports that TCP connections of the address prove.
        var ports = RecencyList<UDPPeer>()
        var allowance = UDPAllowance()
    }

    let address: IPAddress
    private let state = NIOLockedValueBox(State())

    init(address: IPAddress) {
        self.address = address
    }

    /// Whether one port more takes the proof of another one where so many are proven, which is one at least.
    func isFull(provenPorts: Int) -> Bool {
        self.state.withLockedValue { $0.ports.count >= provenPorts }
    }

    /// The port without proof that was heard least recently; nil when each port is proven.
    var oldestUnproven: UDPPeer? {
        self.state.withLockedValue { $0.ports.frontCount < $0.ports.count ? $0.ports.oldestElement : nil }
    }

    /// Adds the port of a new connection as the one heard most recently.
    ///
    /// - Returns: another port that has lost its proof.
    func add(_ port: UDPPeer) -> UDPPeer? {
        self.state.withLockedValue { state in
            let (slot, displaced) = state.ports.insert(port)
            port.hostSlot = slot
            return displaced
        }
    }

    /// - Returns: another port that is proven now.
    func remove(_ port: UDPPeer) -> UDPPeer? {
        self.state.withLockedValue { $0.ports.remove(port.hostSlot) }
    }

    /// A datagram has come from a port.
    ///
    /// - Returns: another port that has lost its proof; `port` is proven then.
    func heard(_ port: UDPPeer) -> UDPPeer? {
        self.state.withLockedValue { $0.ports.use(port.hostSlot) }
    }

    func isProven(_ port: UDPPeer) -> Bool {
        self.state.withLockedValue { $0.ports.isInFront(port.hostSlot) }
    }

    /// Proves so many ports, those that were heard most recently.
    ///
    /// - Returns: the ports whose proof has come or gone.
    func prove(ports: Int) -> [UDPPeer] {
        self.state.withLockedValue { $0.ports.frontMax == ports ? [] : $0.ports.useFrontMax(ports) }
    }

    /// A datagram has come from an unproven port.
    ///
    /// - Parameter bytes: those of one whole datagram, its header included.
    func received(bytes: Int) {
        self.state.withLockedValue { $0.allowance.received(bytes: bytes) }
    }

    /// Whether one datagram of so many bytes may be sent to an unproven port; it counts as sent.
    func maySend(bytes: Int, perSecond: Int?, at now: NIODeadline) -> Bool {
        self.state.withLockedValue { $0.allowance.spend(bytes: bytes, perSecond: perSecond, at: now) }
    }
}
