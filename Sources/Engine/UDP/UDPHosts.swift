import Synchronization

/// The IP addresses with UDP connections, over all listeners of a manager. Used only when connections begin and end.
/// Any thread.
final class UDPHosts: Sendable {
    private struct Entry {
        let host: UDPHost
        var connections: Int
    }

    private let entries = Locked<[IPAddress: Entry]>([:])

    /// nil if the address has no connection.
    func find(_ address: IPAddress) -> UDPHost? {
        self.entries.withLock { $0[address]?.host }
    }

    /// Adds a connection to an address; `leave` removes it.
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

/// An IP address with all its UDP ports, over all UDP listeners of a manager. Any thread.
///
/// A datagram from the most recently heard port takes no lock if that port is proven. A datagram to a proven port takes
/// no lock either.
final class UDPHost: Sendable {
    private struct State {
        /// The ports with a connection. The front contains the ports that TCP connections of the address prove.
        var ports = RecencyList<UDPPeer>()
        var allowance = UDPAllowance()
    }

    let address: IPAddress
    private let state = Locked(State())
    /// The most recently heard port, as the memory address of its object; 0 if unknown. Written with the lock held.
    private let newest = Atomic<UInt>(0)

    init(address: IPAddress) {
        self.address = address
    }

    /// Whether one more port would displace a proven port, if the address may have `provenPorts` proven ports.
    /// `provenPorts` is at least 1.
    func isFull(provenPorts: Int) -> Bool {
        self.state.withLock { $0.ports.count >= provenPorts }
    }

    /// The least recently heard unproven port; nil if all ports are proven.
    var oldestUnproven: UDPPeer? {
        self.state.withLock { $0.ports.frontCount < $0.ports.count ? $0.ports.oldestElement : nil }
    }

    /// Adds the port of a new connection as the most recently heard one.
    ///
    /// - Returns: the port that has lost its proof because of it.
    func add(_ port: UDPPeer) -> UDPPeer? {
        self.state.withLock { state in
            let (slot, displaced) = state.ports.insert(port)
            port.hostSlot = slot
            self.newest.store(Self.number(port), ordering: .relaxed)
            return displaced
        }
    }

    /// Removes a port.
    ///
    /// - Returns: the port that is proven in its place.
    func remove(_ port: UDPPeer) -> UDPPeer? {
        self.state.withLock { state in
            // Another port may later be allocated at the same memory address.
            if self.newest.load(ordering: .relaxed) == Self.number(port) { self.newest.store(0, ordering: .relaxed) }
            return state.ports.remove(port.hostSlot)
        }
    }

    /// Makes a port the most recently heard one. The port must have been added and not removed.
    ///
    /// - Returns: the port that has lost its proof because of it. `port` is proven in this case.
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

    /// Proves this many ports: the most recently heard ones.
    ///
    /// - Returns: the ports that have gained or lost their proof.
    func prove(ports: Int) -> [UDPPeer] {
        self.state.withLock { $0.ports.frontMax == ports ? [] : $0.ports.useFrontMax(ports) }
    }

    /// Adds a datagram from an unproven port to the allowance.
    ///
    /// - Parameter bytes: the length of one datagram, its header included.
    func received(bytes: Int) {
        self.state.withLock { $0.allowance.received(bytes: bytes) }
    }

    /// Whether one datagram of this length may be sent to an unproven port. If so, its cost is taken from the
    /// allowance.
    func maySend(bytes: Int, perSecond: Int?, at now: Instant) -> Bool {
        self.state.withLock { $0.allowance.spend(bytes: bytes, perSecond: perSecond, at: now) }
    }

    private static func number(_ port: UDPPeer) -> UInt {
        UInt(bitPattern: Unmanaged.passUnretained(port).toOpaque())
    }
}
