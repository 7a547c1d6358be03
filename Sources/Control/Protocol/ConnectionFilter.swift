/// The connections that a client asks for in a list; lobbyd reads the texts.
public struct ConnectionFilter: Sendable, Equatable {
    /// An address or a range of them, such as `192.0.2.0/24`; nil is any.
    public var address: String?
    /// nil is any.
    public var listener: String?

    public init(address: String? = nil, listener: String? = nil) {
        self.address = address
        self.listener = listener
    }
}
