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
    /// Taken, again after a loss, instead of `host` and `port`.
    var inherited: InheritedDescriptor?
}
