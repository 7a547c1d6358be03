import Glibc
import NIOCore

/// How it closes without turning away clients that the system has connected already.
extension RendezvousSocket {
    /// How long clients may go on coming before it closes all the same.
    static let retirementMax = TimeAmount.seconds(1)
    /// How long a client that has begun to connect may need for it, where another socket takes over the port.
    static let handshakeTime = TimeAmount.milliseconds(100)
    /// Between two looks; the event loop accepts clients meanwhile.
    static let retirementPause = TimeAmount.milliseconds(1)

    /// Accepts the clients that wait with the system, as far as there are places for them, and closes. Others that come
    /// meanwhile find the next socket on the port, or none.
    ///
    /// - Returns: when the port is free.
    func retire(isSucceeded: Bool) -> EventLoopFuture<Void> {
        self.pipe.flatSubmit {
            let isHidden = self.descriptor.map(Self.hide) ?? false
            let now = NIODeadline.now()
            let earliest = isHidden && isSucceeded ? now + Self.handshakeTime : now
            return self.retire(after: earliest, until: now + Self.retirementMax)
        }
    }

    private func retire(after earliest: NIODeadline, until latest: NIODeadline) -> EventLoopFuture<Void> {
        guard self.isAccepting, .now() < latest else { return self.close() }
        if .now() < earliest { return self.retireLater(after: earliest, until: latest) }
        // NIO closes a client that another event loop is making a channel for when this socket closes.
        self.pause(.held, true)
        let loops = self.listener.registry.shards.map { $0.eventLoop.submit {} }
        return EventLoopFuture.andAllSucceed(loops, on: self.eventLoop).flatMap {
            guard self.hasClientsWaiting else { return self.close() }
            self.pause(.held, false)
            return self.retireLater(after: earliest, until: latest)
        }
    }

    private func retireLater(after earliest: NIODeadline, until latest: NIODeadline) -> EventLoopFuture<Void> {
        self.eventLoop.flatScheduleTask(in: Self.retirementPause) {
            self.retire(after: earliest, until: latest)
        }.futureResult
    }

    private var hasClientsWaiting: Bool {
        guard let descriptor else { return false }
        var look = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&look, 1, 0) > 0
    }

    /// Binds the socket to an interface that is not there: clients that have begun to connect go on, and no other finds it.
    ///
    /// - Returns: false where the system does not know how.
    private static func hide(_ descriptor: CInt) -> Bool {
        var noInterface = CInt.max
        return setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_BINDTOIFINDEX,
            &noInterface,
            socklen_t(MemoryLayout<CInt>.size)
        ) == 0
    }
}
