import NIOConcurrencyHelpers

/// The IP addresses that have a connection over UDP, over all listeners of a manager. Any thread; once for each connection.
final class UDPHosts: Sendable {
    private struct Entry {
        let host: UDPHost
        var connections: Int
    }

    private let entries = NIOLockedValueBox<[IPAddress: Entry]>([:])

    /// nil where the address has no connection.
    func find(_ address: IPAddress) -> UDPHost? {
        self.entries.withLockedValue { $0[address]?.host }
    }

    /// One connection more; `leave` takes it back.
    func enter(_ address: IPAddress) -> UDPHost {
        self.entries.withLockedValue { entries in
            var entry = entries[address] ?? Entry(host: UDPHost(address: address), connections: 0)
            entry.connections += 1
            entries[address] = entry
            return entry.host
        }
    }

    func leave(_ host: UDPHost) {
        self.entries.withLockedValue { entries in
            guard let count = entries[host.address]?.connections else {
                preconditionFailure("a connection that left an address and never entered it")
            }
            if count > 1 { entries[host.address]?.connections = count - 1 } else { entries[host.address] = nil }
        }
    }
}
