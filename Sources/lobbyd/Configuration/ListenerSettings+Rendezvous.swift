import Engine

extension ListenerSettings {
    /// `address` in the engine's form: nil is every interface.
    private var host: String? { self.address == "*" ? nil : self.address }

    /// nil when `address` is not a literal address.
    var listenAddress: ListenAddress? { self.rendezvous.listenAddress }

    var rendezvous: Rendezvous {
        Rendezvous(
            name: self.name,
            host: self.host,
            isIPv6Only: self.isIPv6Only,
            port: self.port,
            backlog: self.backlog,
            framing: self.header.framing,
            transport: self.transport,
            receiveBufferBytes: self.receiveBuffer
        )
    }
}
