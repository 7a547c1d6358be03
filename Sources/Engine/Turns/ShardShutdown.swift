import NIOCore

/// How far a shard's shutdown is, and who waits for it.
struct ShardShutdown {
    /// Datagrams are no longer taken; those that were are still on their way.
    private(set) var hasBegun = false
    /// Connections that were closed at the deadline with something left to send.
    private(set) var cutCount = 0
    private var finished: EventLoopPromise<Void>?

    mutating func begin() {
        self.hasBegun = true
    }

    mutating func finish(_ promise: EventLoopPromise<Void>) {
        self.finished = promise
    }

    mutating func connectionCut() {
        self.cutCount += 1
    }

    /// The promise of whoever waits for the last connection to end; to be kept once it has.
    mutating func takeFinished() -> EventLoopPromise<Void>? {
        defer { self.finished = nil }
        return self.finished
    }
}

extension Shard {
    /// How long a peer may take to end after all was sent to it and our side was shut.
    static let lingerTime = TimeAmount.seconds(1)
    /// How often lingering connections are looked at.
    static let lingerCheckInterval = TimeAmount.milliseconds(50)

    /// First step: takes no more datagrams, and passes on those that it took.
    func stopTakingDatagrams() {
        self.shutdown.begin()
        self.dropHeldInput()
        self.sendAll()
    }

    /// Second step, once every shard has done the first: sends what waits, then ends each connection.
    ///
    /// - Precondition: it is called once.
    /// - Parameter drain: after that long, what is left is cut.
    /// - Returns: when the last connection has ended.
    func finishConnections(drain: TimeAmount) -> EventLoopFuture<Void> {
        self.sendAll()
        let promise = self.eventLoop.makePromise(of: Void.self)
        self.shutdown.finish(promise)
        for connection in self.table.connections where connection.isOpen {
            connection.state = .finishing
            // Over UDP nothing waits, and nobody is told.
            if connection.udpPeer != nil { connection.closeTransport() }
            if connection.pending.isEmpty { self.everythingSent(to: connection) }
        }
        let checks = self.eventLoop.scheduleRepeatedTask(
            initialDelay: Self.lingerCheckInterval,
            delay: Self.lingerCheckInterval
        ) { _ in self.pipe.post { self.endLingering() } }
        let deadline = self.pipe.post(after: drain) { self.cutConnections() }
        promise.futureResult.whenComplete { _ in
            checks.cancel()
            deadline.cancel()
        }
        if self.table.isEmpty { self.shutdown.takeFinished()?.succeed() }
        return promise.futureResult
    }

    /// The kernel has taken all that this connection was to get.
    func everythingSent(to connection: Connection) {
        if connection.state == .leaving { return self.leave(connection) }
        guard connection.state == .finishing else { return }
        connection.state = .lingering(since: self.eventLoop.now)
        connection.context?.close(mode: .output, promise: nil)
    }

    private func endLingering() {
        let now = self.eventLoop.now
        self.closeNow { $0.state.hasLingered(for: Self.lingerTime, at: now) }
    }

    private func cutConnections() {
        self.closeNow { _ in true }
    }

    private func closeNow(where isChosen: (Connection) -> Bool) {
        for connection in self.table.connections where isChosen(connection) {
            if !connection.pending.isEmpty { self.shutdown.connectionCut() }
            connection.closeTransport()
        }
    }
}
