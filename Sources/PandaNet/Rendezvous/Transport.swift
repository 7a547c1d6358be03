/// How datagrams travel.
public enum Transport: String, Sendable, CaseIterable {
    case tcp
    case udp
}
