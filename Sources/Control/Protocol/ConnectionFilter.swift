/// Which connections a list has.
public struct ConnectionFilter: Sendable, Equatable {
    /// The peer's whole address, without port and brackets; nil is any.
    public var address: String?
    /// nil is any.
    public var listener: String?

    public init(address: String? = nil, listener: String? = nil) {
        self.address = address
        self.listener = listener
    }

    public func admits(address: String, listener: String) -> Bool {
        (self.address ?? address) == address && (self.listener ?? listener) == listener
    }
}
