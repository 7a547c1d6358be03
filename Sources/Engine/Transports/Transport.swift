/// The transport protocol of a listener.
public enum Transport: String, Sendable, CaseIterable {
    /// A stream: in order and without loss while the connection is open.
    case tcp
    /// Single datagrams: each may be lost, duplicated or reordered.
    case udp
}
