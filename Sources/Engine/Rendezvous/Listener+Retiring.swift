import CLinux
import Glibc

/// Closing a listener without refusing clients that the kernel has already connected.
extension Listener {
    /// The longest time that a retiring listener keeps accepting clients before it closes.
    static let retirementMax = Duration.seconds(1)
    /// The time for clients to finish the handshakes that they have begun, when another socket takes over the port.
    static let handshakeTime = Duration.milliseconds(100)
    /// The time between two checks. The event loop accepts clients in the meantime.
    static let retirementPause = Duration.milliseconds(1)

    /// Accepts the clients in the backlog while slots are free, then closes. Any thread.
    ///
    /// Clients that arrive later reach the next socket on the port, if there is one.
    ///
    /// - Parameter isSucceeded: whether another socket is open on the same port.
    /// - Returns: an answer that is set when the port is free.
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

    /// Hides the socket from new clients by binding it to an interface that does not exist. Handshakes that have begun
    /// continue.
    ///
    /// - Returns: false if the system does not support this.
    private static func hide(_ descriptor: CInt) -> Bool {
        var noInterface = CInt.max
        let size = socklen_t(MemoryLayout<CInt>.size)
        return setsockopt(descriptor, SOL_SOCKET, SO_BINDTOIFINDEX, &noInterface, size) == 0
    }
}
