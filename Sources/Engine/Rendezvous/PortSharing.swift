import NIOCore

/// Opens a socket while others that are in its way, and close afterwards, are still open: so a port moves to another address
/// without a moment in which it is closed.
///
/// Linux allows it where all of them have SO_REUSEPORT; they have it for that moment only.
struct PortSharing {
    let holders: [BoundRendezvous]
    let eventLoop: any EventLoop

    /// - Parameter open: called once the holders share their port.
    func opening(_ open: @escaping @Sendable () -> EventLoopFuture<BoundRendezvous>) -> EventLoopFuture<BoundRendezvous>
    {
        guard !self.holders.isEmpty else { return open() }
        return self.share(self.holders, true).flatMap(open).flatMap { bound in
            self.share(self.holders + [bound], false).map { bound }
        }.flatMapError { error in
            self.share(self.holders, false).flatMapThrowing { throw error }
        }
    }

    private func share(_ sockets: [BoundRendezvous], _ isOn: Bool) -> EventLoopFuture<Void> {
        EventLoopFuture.andAllSucceed(sockets.map { $0.share(isOn) }, on: self.eventLoop)
    }
}

extension BoundRendezvous {
    /// One that can't be shared shows when the other is opened.
    fileprivate func share(_ isOn: Bool) -> EventLoopFuture<Void> {
        switch self.socket {
        case .tcp(let socket):
            socket.pipe.submit { try? socket.descriptor.map { try BoundSocket.setSharing($0, isOn) } }
        case .udp(let listener):
            listener.shard.pipe.submit {
                try? listener.socket?.channel?.descriptor.map { try BoundSocket.setSharing($0, isOn) }
            }
        }
    }
}
