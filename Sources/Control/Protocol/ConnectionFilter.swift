/// Selects connections for a list. lobbyd parses the texts.
public struct ConnectionFilter: Sendable, Equatable {
    /// An address, or a range of addresses such as `192.0.2.0/24`; nil for every address.
    public var address: String?
    /// A listener's name; nil for every listener.
    public var listener: String?

    public init(address: String? = nil, listener: String? = nil) {
        self.address = address
        self.listener = listener
    }
}
