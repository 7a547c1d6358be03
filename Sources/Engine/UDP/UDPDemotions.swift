/// Counts the connections of a UDP listener that have lost their proof and may exceed a limit on unproven connections.
///
/// There is a limit for each address and a limit for all addresses. Both count the connections of all listeners, so
/// several listeners may see the same excess. Each listener therefore ends at most one connection for each of its
/// connections that has lost its proof.
struct UDPDemotions {
    /// The number of connections that may still be ended, over all addresses.
    private(set) var count = 0
    private var hosts: [IPAddress: (host: UDPHost, count: Int)] = [:]

    /// An address that has not been checked since one of its connections lost its proof.
    var host: UDPHost? { self.hosts.first?.value.host }

    /// The number of connections that may still be ended for the limit of their address.
    func count(of host: UDPHost) -> Int { self.hosts[host.address]?.count ?? 0 }

    mutating func add(_ host: UDPHost, _ count: Int) {
        self.count += count
        self.hosts[host.address] = (host, self.count(of: host) + count)
    }

    /// Counts the end of a connection for the limit over all addresses.
    mutating func used() {
        self.count -= 1
    }

    /// Counts the end of a connection for the limit of its address and for the limit over all addresses.
    mutating func used(_ host: UDPHost) {
        self.used()
        self.hosts[host.address]?.count -= 1
    }

    /// Forgets an address that is within its limit.
    mutating func settle(_ host: UDPHost) {
        self.hosts[host.address] = nil
    }

    /// Removes the counts of an address, to pass them to another listener.
    ///
    /// - Returns: the number of connections that the other listener may end.
    mutating func take(_ host: UDPHost) -> Int {
        let count = self.count(of: host)
        self.count -= count
        self.settle(host)
        return count
    }
}
