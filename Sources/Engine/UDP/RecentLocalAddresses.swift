import NIOCore

/// The address of this machine that each peer of a UDP socket has sent to last. The number of peers is bounded: once there are
/// too many, the peers that were not heard lately are forgotten.
struct RecentLocalAddresses {
    /// Peers in each of two generations.
    static let peersMax = 4096

    private var current: [SocketAddress: LocalAddress] = [:]
    private var previous: [SocketAddress: LocalAddress] = [:]

    var count: Int { self.current.count + self.previous.count }

    /// nil where the peer is not known.
    subscript(peer: SocketAddress) -> LocalAddress? {
        self.current[peer] ?? self.previous[peer]
    }

    mutating func heard(_ peer: SocketAddress, at local: LocalAddress?) {
        guard let local else {
            self.current[peer] = nil
            self.previous[peer] = nil
            return
        }
        if self.current.updateValue(local, forKey: peer) == nil, self.current.count >= Self.peersMax {
            self.previous = self.current
            self.current = [:]
        }
    }
}
