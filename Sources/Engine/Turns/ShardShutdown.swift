import CLinux
import Glibc

/// How far a shard's shutdown is, and who waits for it.
struct ShardShutdown {
    /// Datagrams are no longer taken; those that were are still on their way.
    private(set) var hasBegun = false
    /// Connections that were closed at the deadline with something left to send.
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

    /// The answer for whoever waits for the last connection to end; to be set once it has.
    mutating func takeFinished() -> Answer<Void>? {
        defer { self.finished = nil }
        return self.finished
    }

    var isFinishing: Bool { self.finished != nil }
}

extension Shard {
    /// How long a peer may take to end after all was sent to it and our side was shut.
    static let lingerTime = Duration.seconds(1)
    /// How often lingering connections are looked at.
    static let lingerCheckInterval = Duration.milliseconds(50)

    /// First step: takes no more datagrams, and passes on those that it took.
    func stopTakingDatagrams() {
        self.shutdown.begin()
        self.dropHeldInput()
        self.sendAll()
    }

    /// Second step, once every shard has done the first: sends what waits, then ends each connection.
    ///
    /// - Precondition: it is called once.
    /// - Parameters:
    ///   - drain: after that long, what is left is cut.
    ///   - answer: is set when the last connection has ended.
    func finishConnections(drain: Duration, _ answer: Answer<Void>) {
        self.shutdown.finish(answer)
        self.loop.schedule(after: drain) { [unowned self] in self.closeNow { _ in true } }
        self.sendAll()
        self.finishWhenSent()
    }

    /// Fan-outs that are suspended go on in each turn; until then connections stay open.
    private func finishWhenSent() {
        guard self.suspended.isEmpty else {
            self.loop.post { self.finishWhenSent() }
            return
        }
        for connection in self.table.connections where connection.isOpen {
            connection.state = .finishing
            // Over UDP nothing waits, and nobody is told.
            if connection.isUDP { connection.closeTransport() }
            if connection.pending.isEmpty { self.everythingSent(to: connection) }
        }
        self.endLingering()
        if self.table.isEmpty { self.shutdown.takeFinished()?.succeed(()) }
    }

    /// The kernel has taken all that this connection was to get.
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
    /// Closes it once all that it was sent has left, and the peer has ended too or `Shard.lingerTime` is over: closing at once
    /// would answer with a reset whatever the peer still sends, and cost it what it has not read. What it brings is ignored. On
    /// its event loop.
    ///
    /// - Parameter time: after which it is cut, whatever waits.
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

    /// The timer does not keep it: it may end long before.
    fileprivate func close(after time: Duration) {
        self.shard.loop.schedule(after: time) { [weak self] in self?.closeTransport() }
    }

    fileprivate func shutOutput() {
        // It fails where the peer has gone, which the socket tells as well.
        if case .socket(let descriptor) = self.transmitter { shutdown(descriptor, CInt(SHUT_WR)) }
    }
}

extension Shard {
    /// All was sent on a connection that this program closes.
    fileprivate func leave(_ connection: Connection) {
        connection.shutOutput()
        connection.close(after: Self.lingerTime)
    }
}
