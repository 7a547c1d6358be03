/// The connections of a UDP listener that have lost their proof, and for which so far none has ended: each may have made one
/// unproven connection too many, for its address or over all addresses.
///
/// What is above a limit is shared by all listeners. This bounds what each of them ends for it.
struct UDPDemotions {
    /// How many may still end, over all addresses.
    private(set) var count = 0
    private var hosts: [IPAddress: (host: UDPHost, count: Int)] = [:]

    /// An address that was not looked at since a connection of it lost its proof.
    var host: UDPHost? { self.hosts.first?.value.host }

    /// How many may still end because there are too many of their address.
    func count(of host: UDPHost) -> Int { self.hosts[host.address]?.count ?? 0 }

    mutating func add(_ host: UDPHost, _ count: Int) {
        self.count += count
        self.hosts[host.address] = (host, self.count(of: host) + count)
    }

    /// One is ended because there are too many over all addresses.
    mutating func used() {
        self.count -= 1
    }

    /// One is ended because there are too many of its address, and is one less over all addresses too.
    mutating func used(_ host: UDPHost) {
        self.used()
        self.hosts[host.address]?.count -= 1
    }

    /// There are not too many of an address.
    mutating func settle(_ host: UDPHost) {
        self.hosts[host.address] = nil
    }

    /// Another listener is to end them.
    ///
    /// - Returns: how many it may end.
    mutating func take(_ host: UDPHost) -> Int {
        let count = self.count(of: host)
        self.count -= count
        self.settle(host)
        return count
    }
}
