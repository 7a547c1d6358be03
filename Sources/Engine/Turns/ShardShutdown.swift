import CLinux
import Glibc

/// The progress of a shard's shutdown.
struct ShardShutdown {
    /// No more datagrams are taken. Datagrams that were taken before are still sent.
    private(set) var hasBegun = false
    /// Connections that were closed at the deadline with unsent output.
    private(set) var cutCount = 0
    private var finished: Answer<Void>?

    mutating func begin() {
        self.hasBegun = true
    }

    mutating func finish(_ answer: Answer<Void>) {
        self.finished = answer
    }

    mutating func connectionCut() {
        self.cutCount += 1
    }

    /// Removes and returns the answer to be set once the last connection has been closed.
    mutating func takeFinished() -> Answer<Void>? {
        defer { self.finished = nil }
        return self.finished
    }

    var isFinishing: Bool { self.finished != nil }
}

extension Shard {
    /// How long a peer may take to close after it was sent all data and our side was shut.
    static let lingerTime = Duration.seconds(1)
    /// The interval between two checks of lingering connections.
    static let lingerCheckInterval = Duration.milliseconds(50)

    /// First step: takes no more datagrams, and sends those that were taken.
    func stopTakingDatagrams() {
        self.shutdown.begin()
        self.dropHeldInput()
        self.sendAll()
    }

    /// Second step, once every shard has done the first: sends the queued output, then closes each connection.
    ///
    /// - Precondition: it has not been called before.
    /// - Parameters:
    ///   - drain: after this time, connections with unsent output are closed too.
    ///   - answer: is set when the last connection has been closed.
    func finishConnections(drain: Duration, _ answer: Answer<Void>) {
        self.shutdown.finish(answer)
        self.loop.schedule(after: drain) { [unowned self] in self.closeNow { _ in true } }
        self.sendAll()
        self.finishWhenSent()
    }

    /// Waits until no fan-out is suspended. Until then the connections stay open.
    private func finishWhenSent() {
        guard self.suspended.isEmpty else {
            self.loop.post { self.finishWhenSent() }
            return
        }
        for connection in self.table.connections where connection.isOpen {
            connection.state = .finishing
            // UDP has no queue and no way to announce a close.
            if connection.isUDP { connection.closeTransport() }
            if connection.pending.isEmpty { self.everythingSent(to: connection) }
        }
        self.endLingering()
        if self.table.isEmpty { self.shutdown.takeFinished()?.succeed(()) }
    }

    /// Continues the close of a connection once the kernel has taken all of its output.
    func everythingSent(to connection: Connection) {
        if connection.state == .leaving { return self.leave(connection) }
        guard connection.state == .finishing else { return }
        connection.state = .lingering(since: self.loop.now)
        connection.shutOutput()
    }

    private func endLingering() {
        let now = self.loop.now
        self.closeNow { $0.state.hasLingered(for: Self.lingerTime, at: now) }
        guard self.shutdown.isFinishing else { return }
        self.loop.schedule(after: Self.lingerCheckInterval) { [unowned self] in self.endLingering() }
    }

    private func closeNow(where isChosen: (Connection) -> Bool) {
        for connection in self.table.connections where isChosen(connection) {
            if !connection.pending.isEmpty || connection.owedFrom != 0 { self.shutdown.connectionCut() }
            if connection.isOpen { connection.state = .closing(.shutdown) }
            connection.closeTransport()
        }
    }
}

// MARK: - One connection

extension Connection {
    /// Closes the connection once its output is sent, and the peer has closed too or `Shard.lingerTime` has passed.
    ///
    /// Closing at once would answer further data from the peer with a reset. The reset could discard output that the
    /// peer has not read yet. Data from the peer is ignored in the meantime. On its event loop.
    ///
    /// - Parameter time: after this time it is closed even with unsent output.
    package func closeAfterSending(within time: Duration) {
        guard self.isOpen else { return }
        self.shard.sendNow(self)
        guard self.isOpen else { return }
        self.state = .leaving
        self.source?.dropInput()
        self.source?.updateInterest()
        self.close(after: time)
        if self.pending.isEmpty { self.shard.leave(self) }
    }

    /// Closes the connection after `time`. The timer does not keep it alive, because it may be closed long before.
    fileprivate func close(after time: Duration) {
        self.shard.loop.schedule(after: time) { [weak self] in self?.closeTransport() }
    }

    fileprivate func shutOutput() {
        // This fails if the peer has gone. The socket reports that as well.
        if case .socket(let descriptor) = self.transmitter { shutdown(descriptor, CInt(SHUT_WR)) }
    }
}

extension Shard {
    /// Shuts our side of a connection that this program closes, after all of its output was sent.
    fileprivate func leave(_ connection: Connection) {
        connection.shutOutput()
        connection.close(after: Self.lingerTime)
    }
}
