import CLinux
import Glibc

/// How it closes without turning away clients that the system has connected already.
extension Listener {
    /// How long clients may go on coming before it closes all the same.
    static let retirementMax = Duration.seconds(1)
    /// How long a client that has begun to connect may need for it, where another socket takes over the port.
    static let handshakeTime = Duration.milliseconds(100)
    /// Between two looks; the event loop accepts clients meanwhile.
    static let retirementPause = Duration.milliseconds(1)

    /// Accepts the clients that wait with the system, as far as there are places for them, and closes. Others that come
    /// meanwhile find the next socket on the port, or none. Any thread.
    ///
    /// - Parameter isSucceeded: another socket is open on its port.
    /// - Returns: when the port is free.
    func retire(isSucceeded: Bool) -> Answer<Void> {
        self.loop.ask { answer in
            let isHidden = self.socket.map { Self.hide($0.descriptor) } ?? false
            let now = self.loop.now
            let earliest = isHidden && isSucceeded ? now + Self.handshakeTime : now
            self.retire(answer, after: earliest, until: now + Self.retirementMax)
        }
    }

    private func retire(_ answer: Answer<Void>, after earliest: Instant, until latest: Instant) {
        guard self.isAccepting, self.loop.now < latest, let socket = self.socket else { return self.close(answer) }
        if self.loop.now >= earliest, !Self.hasClients(socket.descriptor) { return self.close(answer) }
        self.loop.schedule(after: Self.retirementPause) { self.retire(answer, after: earliest, until: latest) }
    }

    private static func hasClients(_ descriptor: CInt) -> Bool {
        var look = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&look, 1, 0) > 0
    }

    /// Binds the socket to an interface that is not there: clients that have begun to connect go on, and no other finds it.
    ///
    /// - Returns: false where the system does not know how.
    private static func hide(_ descriptor: CInt) -> Bool {
        var noInterface = CInt.max
        let size = socklen_t(MemoryLayout<CInt>.size)
        return setsockopt(descriptor, SOL_SOCKET, SO_BINDTOIFINDEX, &noInterface, size) == 0
    }
}
