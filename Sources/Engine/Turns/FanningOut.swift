import Wire

/// The output at the end of a turn: each connection gets its part in one write, within a limited time.
extension Shard {
    /// The maximum time for the fan-outs of one turn. The rest follows after the sockets have been polled again.
    static let fanOutTimeMax = Duration.milliseconds(1)
    /// The number of sends between two checks of the time. Over UDP, each datagram is one send.
    static let sendsPerLook = 32

    /// Sends the output of a turn of the event loop.
    ///
    /// - Returns: true if output is left for the next turn, which must then begin without waiting.
    func endTurn() -> Bool {
        self.sendDirect()
        if self.holdHasEnded { self.endHold() }
        if self.suspended.isEmpty {
            if self.hold == nil { self.sendTurn() }
        } else {
            if self.hold == nil { self.sendAhead() }
            self.continueFanOuts()
        }
        self.settle()
        return !self.suspended.isEmpty || self.hold == nil && !self.turn.isEmpty
    }

    /// Sends all output, including the broadcasts held by `coalesce`. Long fan-outs continue in later turns.
    func sendAll() {
        self.sendDirect()
        self.endHold()
        self.sendTurn()
        self.settle()
    }

    /// Whether the deadline has passed. It checks the time only once every `sendsPerLook` sends.
    private func isOver(_ deadline: Instant) -> Bool {
        guard self.sendsSinceLook >= Self.sendsPerLook else { return false }
        self.sendsSinceLook = 0
        return self.loop.time >= deadline
    }

    /// Holds broadcasts for `coalesce`, so that later ones leave in the same write.
    ///
    /// While fan-outs are suspended, later broadcasts wait for them and need no hold.
    func holdTurn() {
        guard self.coalesce != .zero, self.hold == nil, self.suspended.isEmpty, !self.turn.isEmpty else { return }
        // The timer only sets a flag. The output is sent at the end of that turn, with the turn's other datagrams.
        self.hold = self.loop.schedule(after: self.coalesce) { [unowned self] in self.holdHasEnded = true }
    }

    private func endHold() {
        self.loop.cancel(self.hold)
        self.hold = nil
        self.holdHasEnded = false
    }

    /// Sends the turn early if its log has reached `Turn.bytesMax`.
    func endTurnEarly() {
        guard self.turn.log.byteCount >= Turn.bytesMax else { return }
        self.sendDirect()
        self.endHold()
        self.sendTurn()
        self.flushDatagrams()
    }

    /// Does the work that may call back into the shard, or that must not run during a walk over the connections.
    private func settle() {
        self.flushDatagrams()
        self.largestHolders.forget()
        self.updateReadGate()
        while let connection = self.closingDatagrams.popLast() {
            if case .datagrams(let transmitter) = connection.transmitter { transmitter.close() }
        }
    }

    /// Passes the queued datagrams of UDP sockets to the kernel, before the memory of their records is reused.
    func flushDatagrams() {
        for socket in self.udpSockets { socket.flushOutput() }
        self.unflushed.removeAll(keepingCapacity: self.unflushed.capacity <= Turn.piecesKept)
    }

    // MARK: One turn

    /// Sends the turn's output to the connections here and on the other event loops.
    private func sendTurn() {
        let turn = self.turn
        guard !turn.isEmpty else { return }
        if !turn.foreign.isEmpty { self.postForeign() }
        for connection in turn.touched { self.sendPart(of: turn, to: connection) }
        let isDone = turn.fanOuts.isEmpty || self.fanOut(turn)
        self.flushDatagrams()
        if isDone {
            turn.next()
        } else {
            turn.seal()
            self.turn = Turn(number: turn.number + 1)
        }
    }

    /// Sends the output that need not wait for suspended fan-outs: for other event loops, and for single connections.
    ///
    /// New broadcasts are collected in the meantime. Each connection then gets them in one write.
    private func sendAhead() {
        let turn = self.turn
        guard !turn.fanOuts.isEmpty else { return self.sendTurn() }
        if !turn.foreign.isEmpty { self.postForeign() }
        for connection in turn.touched where connection.pieces.hasSpans {
            self.sendPart(of: turn, to: connection)
            turn.served(connection)
        }
        // The log will grow and may be reallocated.
        self.flushDatagrams()
    }

    /// Sends a connection its own part of a turn, after the output that suspended fan-outs owe it.
    private func sendPart(of turn: Turn, to connection: Connection) {
        self.catchUp(connection)
        guard connection.isOpen else { return }
        guard let span = turn.onlySpan(of: connection) else {
            return self.send(turn.part(of: connection), of: turn.log, to: connection)
        }
        let bytes = turn.log.view(connection.framing)[Int(span.start)..<Int(span.end)]
        self.send(FanOut.View(UnsafeRawBufferPointer(rebasing: bytes), span), to: connection, sharing: nil)
    }

    /// Sends a connection the output that it is owed and its part of the current turn so far.
    func sendNow(_ connection: Connection) {
        if !self.direct.isEmpty { self.sendDirect() }
        self.sendPart(of: self.turn, to: connection)
        self.turn.served(connection)
        // The log will grow and may be reallocated.
        if connection.isUDP { self.flushDatagrams() }
    }

    private func send(_ spans: ContiguousArray<Span>, of log: borrowing TurnLog, to connection: Connection) {
        guard !spans.isEmpty else { return }
        let bytes = log.view(connection.framing)
        if spans.isContiguous {
            let range = Int(spans[0].start)..<Int(spans[spans.count - 1].end)
            let view = FanOut.View(UnsafeRawBufferPointer(rebasing: bytes[range]), spans)
            self.send(view, to: connection, sharing: nil)
        } else {
            // One write needs contiguous bytes. A UDP record must stay in memory until the output of the turn ends.
            let joined = SharedBytes(joining: spans, of: bytes)
            self.send(FanOut.View(joined.view, spans), to: connection, sharing: nil)
            if connection.isUDP { self.unflushed.append(joined) }
        }
    }

    /// Sends the fan-outs of a turn until the time is used up.
    ///
    /// If earlier fan-outs are still suspended, these fan-outs are suspended at once.
    ///
    /// - Returns: whether all fan-outs are done. If false, the rest is suspended.
    private func fanOut(_ turn: Turn) -> Bool {
        let deadline = self.suspended.isEmpty ? self.loop.time + Self.fanOutTimeMax : nil
        var isInTime = deadline != nil
        for fanOut in turn.fanOuts {
            var left = fanOut.audience.connections.count
            if isInTime, let deadline { left = self.send(fanOut, of: turn, until: deadline) }
            guard left > 0 else { continue }
            isInTime = false
            for connection in fanOut.audience.connections[..<left] where !connection.isTouched {
                self.suspended.owe(turn, to: connection)
            }
        }
        return !self.suspended.isOwing(turn)
    }

    /// Sends a fan-out to its members, from the last to the first, until the deadline.
    ///
    /// - Returns: the number of members, counted from the first, that have not got it yet.
    private func send(_ fanOut: FanOut, of turn: Turn, until deadline: Instant) -> Int {
        let views = PerFraming(
            two: fanOut.view(.two, of: turn.log),
            four: fanOut.view(.four, of: turn.log),
            udp: fanOut.view(.udp, of: turn.log)
        )
        let isAlone = turn.fanOuts.count == 1
        let connections = fanOut.audience.connections
        var left = connections.count
        while left > 0 {
            left -= 1
            let connection = connections[left]
            // It already got its part.
            if connection.isTouched { continue }
            if isAlone || turn.onlyFanOut(of: connection) != nil {
                self.send(views[connection.framing], to: connection, sharing: fanOut)
            } else {
                self.send(turn.part(of: connection), of: turn.log, to: connection)
                turn.touch(connection)
            }
            if self.isOver(deadline) { return left }
        }
        return 0
    }

    // MARK: Suspended fan-outs

    /// Continues the suspended fan-outs, for at most `fanOutTimeMax`.
    private func continueFanOuts() {
        let deadline = self.loop.time + Self.fanOutTimeMax
        while let connection = self.suspended.next() {
            self.catchUp(connection)
            if self.isOver(deadline) { break }
        }
        self.flushDatagrams()
        self.suspended.forgetDone()
    }

    /// Sends a connection the output that suspended fan-outs owe it.
    func catchUp(_ connection: Connection) {
        guard connection.owedFrom != 0 else { return }
        self.suspended.settle(connection) { turn in
            if connection.isOpen { self.sendSuspended(turn, to: connection) }
        }
    }

    /// Sends a connection its part of a suspended turn. Its part of the current turn is not affected.
    private func sendSuspended(_ turn: Turn, to connection: Connection) {
        if let fanOut = turn.onlyFanOut(of: connection) {
            self.send(fanOut.view(connection.framing, of: turn.log), to: connection, sharing: fanOut)
        } else {
            self.send(turn.fanOutSpans(of: connection), of: turn.log, to: connection)
        }
    }

    /// While too much output is left of fan-outs, connections that broadcast are not read.
    private func updateReadGate() {
        self.readGate.setHasFanOutsLeft(self.suspended.isMuch, at: self.loop.now)
        for reader in self.readGate.takeWaiting() { reader.readingMayGoOn() }
    }
}

/// The fan-outs that took too long for their turn, and the connections that still wait for them. Event loop only.
///
/// The lists keep the order of the fan-outs. A connection first gets the output that it is owed, and then any other
/// output. The order of each sender's datagrams is thus preserved.
struct SuspendedFanOuts {
    /// Once the suspended turns hold this many bytes, connections that broadcast are no longer read.
    static let bytesMax = 1024 * 1024
    /// The same limit in UDP datagrams. Each of them takes one send per receiver.
    static let recordsMax = 8192

    /// A suspended turn and the number of connections that still wait for their part of it.
    final class Owed {
        let turn: Turn
        fileprivate(set) var count = 0

        fileprivate init(_ turn: Turn) {
            self.turn = turn
        }
    }

    private var owed: ContiguousArray<Owed> = []
    /// The waiting connections, in the order in which they continue. Some may have received their part already.
    private var connections: ContiguousArray<Connection> = []
    private var first = 0
    /// Bytes of the suspended turns. Each turn counts in its largest framing.
    private(set) var byteCount = 0
    /// UDP records of the suspended turns.
    private var recordCount = 0

    var isEmpty: Bool { self.owed.isEmpty }

    /// Whether so much output is left that connections that broadcast must not be read.
    var isMuch: Bool { self.byteCount >= Self.bytesMax || self.recordCount >= Self.recordsMax }

    /// Whether the given turn is suspended. Call it only for the latest turn.
    func isOwing(_ turn: Turn) -> Bool { self.owed.last?.turn === turn }

    /// - Parameter turn: not older than the turns of earlier calls.
    mutating func owe(_ turn: Turn, to connection: Connection) {
        if self.owed.last?.turn !== turn {
            self.owed.append(Owed(turn))
            self.byteCount += turn.log.byteCount
            self.recordCount += turn.log.recordCount
        }
        // A member of several audiences is owed one part of the turn, not several.
        if connection.lastOwedTurn == turn.number { return }
        connection.lastOwedTurn = turn.number
        self.owed[self.owed.count - 1].count += 1
        if connection.owedFrom == 0 { connection.owedFrom = turn.number }
        guard !connection.isOwing else { return }
        connection.isOwing = true
        self.connections.append(connection)
    }

    /// Removes and returns the next connection that waits for output.
    mutating func next() -> Connection? {
        while self.first < self.connections.count {
            let connection = self.connections[self.first]
            self.first += 1
            connection.isOwing = false
            if connection.owedFrom != 0 { return connection }
        }
        self.connections.removeAll(keepingCapacity: self.connections.capacity <= Turn.piecesKept)
        self.first = 0
        return nil
    }

    /// Calls `body` for each turn whose output a connection is still owed, oldest first.
    ///
    /// The output then counts as sent.
    func settle(_ connection: Connection, _ body: (Turn) -> Void = { _ in }) {
        for owed in self.owed where owed.turn.number >= connection.owedFrom {
            guard owed.turn.isFanned(to: connection) else { continue }
            owed.count -= 1
            body(owed.turn)
        }
        connection.owedFrom = 0
    }

    /// Removes a closed connection.
    func forget(_ connection: Connection) {
        if connection.owedFrom != 0 { self.settle(connection) }
    }

    /// Removes the turns that no connection waits for, and frees their memory.
    mutating func forgetDone() {
        guard self.owed.contains(where: { $0.count == 0 }) else { return }
        for owed in self.owed where owed.count == 0 {
            self.byteCount -= owed.turn.log.byteCount
            self.recordCount -= owed.turn.log.recordCount
            owed.turn.forgetFanOuts()
        }
        self.owed.removeAll { $0.count == 0 }
    }
}

extension Turn {
    /// Whether a connection receives one of the turn's fan-outs.
    fileprivate func isFanned(to connection: Connection) -> Bool {
        var isFanned = false
        self.visitFanOuts(of: connection) { _ in isFanned = true }
        return isFanned
    }
}
