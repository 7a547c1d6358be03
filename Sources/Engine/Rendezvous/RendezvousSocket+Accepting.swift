import NIOCore

/// Who of those that come gets a place.
extension RendezvousSocket {
    /// No more than there are places: NIO accepts as many without asking.
    var acceptsPerTurn: UInt {
        let free = self.admission.look { $0.free }
        return max(1, min(Self.acceptsPerTurnMax, UInt(clamping: free)))
    }

    /// A client, whose channel nothing was done with yet.
    func accepted(_ child: any Channel) {
        // Nobody overtakes those that wait.
        guard self.waiting.isEmpty, self.settle(child) else { return self.waiting.append(child) }
        self.updatePlaces()
    }

    /// Gives out the places that have become free, and accepts nobody once there is none.
    func updatePlaces() {
        while let child = self.waiting.first, self.settle(child) { self.waiting.removeFirst() }
        self.pause(.full, !self.waiting.isEmpty || self.admission.look { $0.isFull })
    }

    /// Opens it or turns it away.
    ///
    /// - Returns: false when it has to wait for a place.
    private func settle(_ child: any Channel) -> Bool {
        guard let address = child.remoteAddress.flatMap({ IPAddress($0) }) else {
            // It had reset its connection before it was accepted. It can't be counted with its address, and needs no place.
            self.admission.refuseGone()
            self.refuse(child, .clientGone)
            return true
        }
        switch self.admission.admit(address) {
        case .full:
            self.pause(.full, true)
            return false
        case .refused(let reason):
            self.refuse(child, reason)
        case .admitted:
            let admission = self.admission
            // Whatever becomes of it, its place is free again once it is closed.
            child.closeFuture.whenComplete { _ in admission.release(address) }
            self.context?.fireChannelRead(NIOAny(child))
        }
        return true
    }

    private func refuse(_ child: any Channel, _ reason: RefusalReason) {
        self.listener.observer.connectionRefused(
            peer: child.remoteAddress.flatMap { NetAddress($0) },
            rendezvous: self.listener.rendezvous,
            reason: reason
        )
        child.close(promise: nil)
    }
}

extension RendezvousSocket: PlaceWaiter {
    func placesChanged() {
        guard !self.isAskedForPlaces.exchange(true, ordering: .acquiringAndReleasing) else { return }
        self.pipe.post {
            self.isAskedForPlaces.store(false, ordering: .releasing)
            if !self.isClosed { self.updatePlaces() }
        }
    }
}
