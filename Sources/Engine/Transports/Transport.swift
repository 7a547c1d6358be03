/// How datagrams travel.
public enum Transport: String, Sendable, CaseIterable {
    /// A stream: in order, and nothing is lost while the connection lives.
    case tcp
    /// One by one: each may be lost, doubled or overtaken.
    case udp
}
