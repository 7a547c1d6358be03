import Wire

/// What a UDP socket is opened with.
struct UDPSettings: Sendable {
    /// A literal address, or nil for every interface, IPv6 and IPv4.
    var host: String?
    /// Whether nil and `::` leave out IPv4.
    var isIPv6Only = false
    /// 0 takes any free port.
    var port: Int
    /// Whether it may send to broadcast addresses (SO_BROADCAST).
    var isForBroadcast = false
    /// Whether datagrams have no header.
    var isRaw = false
    /// The longest payload that is taken, in bytes, `UDPHeader.payloadBytesMax` at most.
    var payloadBytesMax = UDPHeader.payloadBytesMax
    /// What the kernel is asked to hold of datagrams that were not read yet; 0 leaves it to the system.
    var receiveBufferBytes = 0
    /// Whether the address of this machine that each peer has sent to is kept for `UDPSocket.send(_:to:)`.
    var keepsLocalAddresses = false
    /// Taken, again after a loss, instead of `host` and `port`.
    var inherited: InheritedDescriptor?
}
