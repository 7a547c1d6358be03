import Engine

/// What tells a listener from every other.
struct ListenerIdentity: Sendable, Hashable {
    private let transport: Transport
    /// nil where the name says it all, and where it is no address.
    private let address: ListenAddress?
    private let port: Int
    /// nil where the port says enough.
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
    /// - Parameter inherited: the names of listeners whose sockets the service manager has opened: it is those that a listener
    ///   gets by its name, whatever address and port it has.
    func identity(inherited: Set<String>) -> ListenerIdentity {
        inherited.contains(self.name) ? ListenerIdentity(name: self) : ListenerIdentity(place: self)
    }

    /// Whether the system refuses to have both open.
    func overlaps(_ other: ListenerSettings) -> Bool {
        guard self.port != 0, self.port == other.port, self.transport == other.transport,
            let address = self.listenAddress, let otherAddress = other.listenAddress
        else { return false }
        return address.overlaps(otherAddress)
    }
}
