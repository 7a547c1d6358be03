import CLinux
import Glibc

/// An accepted socket that is not a connection yet.
struct AcceptedClient {
    let descriptor: CInt
    let peer: SocketAddress
}

/// Accepting clients and giving them slots. Event loop only.
extension Listener {
    /// Accepts clients from the socket's backlog.
    func acceptClients(on socket: ListeningSocket) {
        let (free, limitsAddresses) = self.admission.look { ($0.free, $0.limitsAddresses) }
        // Clients with an opening need no slot yet.
        let wanted = self.openings == nil ? min(self.batch.size, free) : self.batch.size
        guard wanted > 0 else { return self.pause(.full) }
        var count = 0
        for _ in 0..<wanted where self.isAccepting {
            let (descriptor, peer) = self.accept(socket.descriptor)
            guard descriptor < 0 else {
                count += 1
                self.accepted(descriptor, peer, limitsAddresses: limitsAddresses)
                continue
            }
            switch AcceptFailure(code: -descriptor) {
            case .noClient: return self.batch.ranOut(after: count)
            case .goOn: continue
            case .backOff: return self.acceptFailed(-descriptor)
            case .lost: return self.lost(-descriptor)
            }
        }
        if count == self.batch.size { self.batch.wasFull() }
    }

    /// - Returns: the descriptor, or the negated error number; and the client's address, which is nil if it is not an
    ///   IP address.
    private func accept(_ listener: CInt) -> (descriptor: CInt, peer: SocketAddress?) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let descriptor = self.loop.system.accept(listener, &storage, &length)
        return (descriptor, descriptor < 0 ? nil : withUnsafeBytes(of: &storage) { SocketAddress($0.baseAddress!) })
    }

    /// - Parameter limitsAddresses: whether addresses have limits. If so, a client that has already reset its
    ///   connection is refused before it counts against its address. Otherwise this check is skipped, and the client
    ///   becomes a connection that ends at once.
    private func accepted(_ descriptor: CInt, _ peer: SocketAddress?, limitsAddresses: Bool) {
        guard let peer, !limitsAddresses || SocketAddress(of: descriptor, getpeername) != nil else {
            self.admission.refuseGone()
            return self.refuse(descriptor, peer, .clientGone)
        }
        let client = AcceptedClient(descriptor: descriptor, peer: peer)
        if let openings { return openings.begin(client, of: self.origin, on: self.takeShard()) }
        // A new client must not overtake waiting clients.
        guard self.waiting.isEmpty, self.settle(client) else { return self.waiting.append(client) }
    }

    /// Gives free slots to waiting clients. Pauses the listener while no slot is free.
    func updatePlaces() {
        while let client = self.waiting.first, self.settle(client) { self.waiting.removeFirst() }
        let isFull = !self.waiting.isEmpty || self.openings == nil && self.admission.look { $0.isFull }
        if isFull { self.pause(.full) } else { self.resume(.full) }
    }

    /// Makes the client a connection or refuses it.
    ///
    /// - Returns: false if the client must wait for a slot.
    private func settle(_ client: AcceptedClient) -> Bool {
        switch self.admission.admit(client.peer.ip, at: self.loop.now) {
        case .full:
            self.pause(.full)
            return false
        case .refused(let reason):
            self.refuse(client.descriptor, client.peer, reason)
        case .admitted:
            self.open(client)
        }
        return true
    }

    private func open(_ client: AcceptedClient) {
        let (shard, origin, framing) = (self.takeShard(), self.origin, self.framing)
        if shard.loop === self.loop {
            shard.openStream(client.descriptor, peer: client.peer, origin: origin, framing: framing)
            return
        }
        let isPosted = shard.loop.post {
            shard.openStream(client.descriptor, peer: client.peer, origin: origin, framing: framing)
        }
        guard !isPosted else { return }
        Descriptor.close(client.descriptor)
        self.admission.release(client.peer.ip)
    }

    private func refuse(_ descriptor: CInt, _ peer: SocketAddress?, _ reason: RefusalReason) {
        self.origin.refused(peer, reason)
        Descriptor.close(descriptor)
    }
}

extension ConnectionOrigin {
    /// Reports a refused client to the observers.
    func refused(_ peer: SocketAddress?, _ reason: RefusalReason) {
        guard let rendezvous = self.rendezvous else { return }
        let peer = peer.map(NetAddress.init)
        for observer in self.observers {
            observer.connectionRefused(peer: peer, rendezvous: rendezvous, reason: reason)
        }
    }
}
