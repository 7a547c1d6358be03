/// An open rendezvous.
public struct BoundRendezvous: Sendable {
    /// What was asked for.
    public private(set) var rendezvous: Rendezvous
    /// Where it really is: with the port that the system chose when none was asked for.
    public let address: NetAddress
    let socket: Socket

    enum Socket: Sendable {
        case tcp(Listener)
        case udp(UDPListener)
    }

    /// Tells it from every other that is open.
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

    /// Bytes that the kernel holds of datagrams that were not read yet, without its own overhead; nil over TCP, and while the
    /// socket is not open. Any thread.
    public var receiveBufferBytes: Int? {
        switch self.socket {
        case .tcp: nil
        case .udp(let listener): listener.endpoint.receiveBufferBytes
        }
    }

    /// Whether the kernel holds less than `Rendezvous.receiveBufferBytes`, as far as it can hold that. Any thread.
    public var isReceiveBufferSmall: Bool {
        guard let bytes = self.receiveBufferBytes else { return false }
        return bytes < min(self.rendezvous.receiveBufferBytes, UDPEndpoint.receiveBufferBytesMax)
    }

    /// Lets TCP clients wait with the system. UDP has none that wait.
    package func pause() {
        guard case .tcp(let listener) = self.socket else { return }
        listener.loop.post { listener.pause(.held) }
    }

    /// Accepts them again.
    package func resume() {
        guard case .tcp(let listener) = self.socket else { return }
        listener.loop.post { listener.resume(.held) }
    }

    /// Ends what `isHeld` began when it was opened, or `hold` did.
    func accept() -> Answer<Void> {
        switch self.socket {
        case .tcp(let listener): listener.loop.submit { listener.resume(.held) }
        case .udp(let listener): listener.accept()
        }
    }

    /// Takes no more clients. Those that are connected stay.
    package func close() -> Answer<Void> {
        switch self.socket {
        case .tcp(let listener): listener.close()
        case .udp(let listener): listener.close()
        }
    }

    /// Takes no more clients, save for those that wait with the system already.
    func retire(isSucceeded: Bool) -> Answer<Void> {
        switch self.socket {
        case .tcp(let listener): listener.retire(isSucceeded: isSucceeded)
        case .udp(let listener): listener.close()
        }
    }

    /// The same socket with another name, backlog, framing and receive buffer; to be put in force by a
    /// `ManagerUpdate`. Nothing else may differ, save for host and port where the socket was inherited: they mean nothing
    /// there.
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
    /// All zero where nothing has come through it.
    public subscript(bound: BoundRendezvous) -> Count { self.count(of: bound.number) }
}
