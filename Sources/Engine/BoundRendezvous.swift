/// An open rendezvous.
public struct BoundRendezvous: Sendable {
    /// The rendezvous as requested.
    public private(set) var rendezvous: Rendezvous
    /// The bound address. If port 0 was requested, the system chose the port.
    public let address: NetAddress
    let socket: Socket

    enum Socket: Sendable {
        case tcp(Listener)
        case udp(UDPListener)
    }

    /// Identifies this rendezvous among all open ones.
    package var id: ObjectIdentifier {
        switch self.socket {
        case .tcp(let listener): ObjectIdentifier(listener)
        case .udp(let listener): ObjectIdentifier(listener)
        }
    }

    /// `ConnectionOrigin.listenerNumber`.
    var number: Int {
        switch self.socket {
        case .tcp(let listener): listener.number
        case .udp(let listener): listener.number
        }
    }

    /// Bytes of unread datagrams that the kernel can hold, without its own overhead. Any thread.
    ///
    /// nil over TCP and while the socket is not open.
    public var receiveBufferBytes: Int? {
        switch self.socket {
        case .tcp: nil
        case .udp(let listener): listener.endpoint.receiveBufferBytes
        }
    }

    /// Whether the kernel's receive buffer is smaller than `Rendezvous.receiveBufferBytes`. Any thread.
    ///
    /// A requested size beyond the kernel's maximum counts as this maximum.
    public var isReceiveBufferSmall: Bool {
        guard let bytes = self.receiveBufferBytes else { return false }
        return bytes < min(self.rendezvous.receiveBufferBytes, UDPEndpoint.receiveBufferBytesMax)
    }

    /// Lets TCP clients wait in the backlog. No effect over UDP, which has no backlog.
    package func pause() {
        guard case .tcp(let listener) = self.socket else { return }
        listener.loop.post { listener.pause(.held) }
    }

    /// Accepts TCP clients again after `pause`.
    package func resume() {
        guard case .tcp(let listener) = self.socket else { return }
        listener.loop.post { listener.resume(.held) }
    }

    /// Accepts clients on a rendezvous that was opened with `isHeld`, or that was held later.
    func accept() -> Answer<Void> {
        switch self.socket {
        case .tcp(let listener): listener.loop.submit { listener.resume(.held) }
        case .udp(let listener): listener.accept()
        }
    }

    /// Stops accepting clients. Existing connections stay open.
    package func close() -> Answer<Void> {
        switch self.socket {
        case .tcp(let listener): listener.close()
        case .udp(let listener): listener.close()
        }
    }

    /// Accepts the clients in the backlog, then stops accepting.
    func retire(isSucceeded: Bool) -> Answer<Void> {
        switch self.socket {
        case .tcp(let listener): listener.retire(isSucceeded: isSucceeded)
        case .udp(let listener): listener.close()
        }
    }

    /// Returns the same socket with another name, backlog, framing and receive buffer. A `ManagerUpdate` applies the
    /// change.
    ///
    /// All other settings must be equal. Host and port may differ only for an inherited socket, which ignores them.
    public func becoming(_ rendezvous: Rendezvous) -> BoundRendezvous {
        var other = self
        other.rendezvous = rendezvous
        return other
    }
}

extension BoundRendezvous: PortHolder {
    func sharePort(_ isOn: Bool) -> Answer<Void> {
        switch self.socket {
        case .tcp(let listener): listener.sharePort(isOn)
        case .udp(let listener): listener.sharePort(isOn)
        }
    }
}

extension ListenerCounts {
    /// All zero if no client has used the rendezvous yet.
    public subscript(bound: BoundRendezvous) -> Count { self.count(of: bound.number) }
}
