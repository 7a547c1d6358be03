import Engine

/// The identity of a listener across reloads.
struct ListenerIdentity: Sendable, Hashable {
    private let transport: Transport
    /// nil if the name identifies the listener, or if the text is not an address.
    private let address: ListenAddress?
    private let port: Int
    /// nil unless the name identifies the listener.
    private let name: String?

    fileprivate init(place listener: ListenerSettings) {
        self.transport = listener.transport
        self.address = listener.listenAddress
        self.port = listener.port
        self.name = listener.port == 0 ? listener.name : nil
    }

    fileprivate init(name listener: ListenerSettings) {
        self.transport = listener.transport
        self.address = nil
        self.port = 0
        self.name = listener.name
    }
}

extension ListenerSettings {
    /// - Parameter inherited: the names of the listeners whose sockets the service manager opened. The name alone
    ///   identifies such a listener, whatever its address and port.
    func identity(inherited: Set<String>) -> ListenerIdentity {
        inherited.contains(self.name) ? ListenerIdentity(name: self) : ListenerIdentity(place: self)
    }

    /// Whether the system refuses to open both at the same time.
    func overlaps(_ other: ListenerSettings) -> Bool {
        guard self.port != 0, self.port == other.port, self.transport == other.transport,
            let address = self.listenAddress, let otherAddress = other.listenAddress
        else { return false }
        return address.overlaps(otherAddress)
    }
}
