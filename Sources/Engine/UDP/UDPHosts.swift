import Synchronization

/// The IP addresses that have a connection over UDP, over all listeners of a manager. Any thread; once for each connection.
final class UDPHosts: Sendable {
    private struct Entry {
        let host: UDPHost
        var connections: Int
    }

    private let entries = Locked<[IPAddress: Entry]>([:])

    /// nil where the address has no connection.
    func find(_ address: IPAddress) -> UDPHost? {
        self.entries.withLock { $0[address]?.host }
    }

    /// One connection more; `leave` takes it back.
    func enter(_ address: IPAddress) -> UDPHost {
        self.entries.withLock { entries in
            var entry = entries[address] ?? Entry(host: UDPHost(address: address), connections: 0)
            entry.connections += 1
            entries[address] = entry
            return entry.host
        }
    }

    func leave(_ host: UDPHost) {
        self.entries.withLock { entries in
            guard let count = entries[host.address]?.connections else {
                preconditionFailure("a connection that left an address and never entered it")
            }
            if count > 1 { entries[host.address]?.connections = count - 1 } else { entries[host.address] = nil }
        }
    }
}

/// One IP address that sends over UDP, with all its ports, on all UDP listeners of a manager. Any thread.
///
/// A datagram from the port that was heard last takes no lock, nor does one to a port that is proven.
final class UDPHost: Sendable {
    private struct State {
        /// The ports that have a connection. The front are the ports that TCP connections of the address prove.
        var ports = RecencyList<UDPPeer>()
        var allowance = UDPAllowance()
    }

    let address: IPAddress
    private let state = Locked(State())
    /// The port that was heard last, as the address of its object; 0 where that is not known. Written with the lock.
    private let newest = Atomic<UInt>(0)

    init(address: IPAddress) {
        self.address = address
    }

    /// Whether one port more takes the proof of another one where so many are proven, which is one at least.
    func isFull(provenPorts: Int) -> Bool {
        self.state.withLock { $0.ports.count >= provenPorts }
    }

    /// The port without proof that was heard least recently; nil when each port is proven.
    var oldestUnproven: UDPPeer? {
        self.state.withLock { $0.ports.frontCount < $0.ports.count ? $0.ports.oldestElement : nil }
    }

    /// Adds the port of a new connection as the one heard most recently.
    ///
    /// - Returns: another port that has lost its proof.
    func add(_ port: UDPPeer) -> UDPPeer? {
        self.state.withLock { state in
            let (slot, displaced) = state.ports.insert(port)
            port.hostSlot = slot
            self.newest.store(Self.number(port), ordering: .relaxed)
            return displaced
        }
    }

    /// - Returns: another port that is proven now.
    func remove(_ port: UDPPeer) -> UDPPeer? {
        self.state.withLock { state in
            // Its memory may be that of another port later.
            if self.newest.load(ordering: .relaxed) == Self.number(port) { self.newest.store(0, ordering: .relaxed) }
            return state.ports.remove(port.hostSlot)
        }
    }

    /// A datagram has come from a port that was added and not removed.
    ///
    /// - Returns: another port that has lost its proof; `port` is proven then.
    func heard(_ port: UDPPeer) -> UDPPeer? {
        let number = Self.number(port)
        if self.newest.load(ordering: .relaxed) == number { return nil }
        return self.state.withLock { state in
            self.newest.store(number, ordering: .relaxed)
            return state.ports.use(port.hostSlot)
        }
    }

    func isProven(_ port: UDPPeer) -> Bool {
        self.state.withLock { $0.ports.isInFront(port.hostSlot) }
    }

    /// Proves so many ports, those that were heard most recently.
    ///
    /// - Returns: the ports whose proof has come or gone.
    func prove(ports: Int) -> [UDPPeer] {
        self.state.withLock { $0.ports.frontMax == ports ? [] : $0.ports.useFrontMax(ports) }
    }

    /// A datagram has come from an unproven port.
    ///
    /// - Parameter bytes: those of one whole datagram, its header included.
    func received(bytes: Int) {
        self.state.withLock { $0.allowance.received(bytes: bytes) }
    }

    /// Whether one datagram of so many bytes may be sent to an unproven port; it counts as sent.
    func maySend(bytes: Int, perSecond: Int?, at now: Instant) -> Bool {
        self.state.withLock { $0.allowance.spend(bytes: bytes, perSecond: perSecond, at: now) }
    }

    private static func number(_ port: UDPPeer) -> UInt {
        UInt(bitPattern: Unmanaged.passUnretained(port).toOpaque())
    }
}
