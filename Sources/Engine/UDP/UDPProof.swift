/// The proof that a port over UDP needs before lobbyd believes the source address of its datagrams.
///
/// Anyone can write any address into a datagram, and a datagram that is answered hits whoever has that address. Until an
/// port is proven it gets no more than came from it, and is no part of broadcasts.
public enum UDPProof: String, Sendable, CaseIterable {
    /// A TCP connection from the same IP address to this program is open: its handshake can't be made up. Each connection
    /// proves `Limits.udpPortsPerConnection` ports of its address, those that were heard most recently.
    case tcp
    /// Nothing: for networks in which nobody can make up an address.
    case none
}
