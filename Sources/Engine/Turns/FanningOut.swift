import Wire

/// How a turn ends: each connection gets its part in one write, in a time that others can wait for.
extension Shard {
    /// For how long one turn fans out; the rest goes on after the next look at the sockets.
    static let fanOutTimeMax = Duration.milliseconds(1)
    /// Sends between two looks at the time. Over UDP each datagram is one.
    static let sendsPerLook = 32

    /// Ends a turn of the event loop.
    ///
    /// - Returns: whether something is left for the next one, which is not to wait.
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

    /// Sends what waits, also what was to wait longer. Fan-outs that take long go on in later turns.
    func sendAll() {
        self.sendDirect()
        self.endHold()
        self.sendTurn()
        self.settle()
    }

    /// Whether it is time to let others have their turn.
    private func isOver(_ deadline: Instant) -> Bool {
        guard self.sendsSinceLook >= Self.sendsPerLook else { return false }
        self.sendsSinceLook = 0
        return self.loop.time >= deadline
    }

    /// Lets broadcasts wait for others to go with them. Behind suspended fan-outs they do so anyway.
    func holdTurn() {
        guard self.coalesce != .zero, self.hold == nil, self.suspended.isEmpty, !self.turn.isEmpty else { return }
        // The output of its turn then sends, whatever else that turn brings.
        self.hold = self.loop.schedule(after: self.coalesce) { [unowned self] in self.holdHasEnded = true }
    }

    private func endHold() {
        self.loop.cancel(self.hold)
        self.hold = nil
        self.holdHasEnded = false
    }

    /// Ends the turn where it has become long.
    func endTurnEarly() {
        guard self.turn.log.byteCount >= Turn.bytesMax else { return }
        self.sendDirect()
        self.endHold()
        self.sendTurn()
        self.flushDatagrams()
    }

    /// What may call back into the shard, or must wait until nobody walks over the connections.
    private func settle() {
        self.flushDatagrams()
        self.largestHolders.forget()
        self.updateReadGate()
        while let connection = self.closingDatagrams.popLast() {
            if case .datagrams(let transmitter) = connection.transmitter { transmitter.close() }
        }
    }

    /// Gives the kernel what UDP sockets have, before the memory of the records is another's.
    func flushDatagrams() {
        for socket in self.udpSockets { socket.flushOutput() }
        self.unflushed.removeAll(keepingCapacity: self.unflushed.capacity <= Turn.piecesKept)
    }

    // MARK: One turn

    /// Sends the turn to each connection that gets something, here and on the other event loops.
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

    /// Sends what does not wait for suspended fan-outs: what the turn has for other event loops, and for connections by
    /// themselves. What it fans out goes on collecting meanwhile, so that each connection gets it in one write.
    private func sendAhead() {
        let turn = self.turn
        guard !turn.fanOuts.isEmpty else { return self.sendTurn() }
        if !turn.foreign.isEmpty { self.postForeign() }
        for connection in turn.touched where connection.pieces.hasSpans {
            self.sendPart(of: turn, to: connection)
            turn.served(connection)
        }
        // The log goes on growing, and may move.
        self.flushDatagrams()
    }

    /// Sends a connection its own part of a turn, and before that what it is owed.
    private func sendPart(of turn: Turn, to connection: Connection) {
        self.catchUp(connection)
        guard connection.isOpen else { return }
        guard let span = turn.onlySpan(of: connection) else {
            return self.send(turn.part(of: connection), of: turn.log, to: connection)
        }
        let bytes = turn.log.view(connection.framing)[Int(span.start)..<Int(span.end)]
        self.send(FanOut.View(UnsafeRawBufferPointer(rebasing: bytes), span), to: connection, sharing: nil)
    }

    /// Sends a connection now what the turn has for it so far, and what it is owed.
    func sendNow(_ connection: Connection) {
        if !self.direct.isEmpty { self.sendDirect() }
        self.sendPart(of: self.turn, to: connection)
        self.turn.served(connection)
        // The log goes on growing, and may move.
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
            // One write of a copy: a UDP record keeps its memory until the output of the turn ends.
            let joined = SharedBytes(joining: spans, of: bytes)
            self.send(FanOut.View(joined.view, spans), to: connection, sharing: nil)
            if connection.isUDP { self.unflushed.append(joined) }
        }
    }

    /// Sends the fan-outs of a turn, as long as there is time and no other is under way.
    ///
    /// - Returns: whether all of them are done; the others are suspended.
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

    /// - Returns: how many members, the first ones, have not got it yet.
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
            // It has got its part already.
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

    /// Goes on with suspended fan-outs, for as long as one turn fans out.
    private func continueFanOuts() {
        let deadline = self.loop.time + Self.fanOutTimeMax
        while let connection = self.suspended.next() {
            self.catchUp(connection)
            if self.isOver(deadline) { break }
        }
        self.flushDatagrams()
        self.suspended.forgetDone()
    }

    /// Sends a connection what suspended fan-outs owe it.
    func catchUp(_ connection: Connection) {
        guard connection.owedFrom != 0 else { return }
        self.suspended.settle(connection) { turn in
            if connection.isOpen { self.sendSuspended(turn, to: connection) }
        }
    }

    /// Sends a connection its part of a suspended turn. What it has of the turn under way is no matter of it.
    private func sendSuspended(_ turn: Turn, to connection: Connection) {
        if let fanOut = turn.onlyFanOut(of: connection) {
            self.send(fanOut.view(connection.framing, of: turn.log), to: connection, sharing: fanOut)
        } else {
            self.send(turn.fanOutSpans(of: connection), of: turn.log, to: connection)
        }
    }

    /// Connections that broadcast are not read while too much is left of fan-outs.
    private func updateReadGate() {
        self.readGate.setHasFanOutsLeft(self.suspended.isMuch, at: self.loop.now)
        for reader in self.readGate.takeWaiting() { reader.readingMayGoOn() }
    }
}

/// Fan-outs that took too long for their turn: which connections they owe what. Event loop only.
///
/// Its lists are in the order in which the fan-outs came. A connection that gets something else first gets what it is owed
/// before, so that the order of each sender holds.
struct SuspendedFanOuts {
    /// From so many bytes on, connections that broadcast are not read.
    static let bytesMax = 1024 * 1024
    /// The same for datagrams over UDP, each of which is a send for each receiver.
    static let recordsMax = 8192

    /// A turn, and how many connections it still owes its part.
    final class Owed {
        let turn: Turn
        fileprivate(set) var count = 0

        fileprivate init(_ turn: Turn) {
            self.turn = turn
        }
    }

    private var owed: ContiguousArray<Owed> = []
    /// In the order in which they go on. One that has got its part in the meantime is still here.
    private var connections: ContiguousArray<Connection> = []
    private var first = 0
    /// Bytes of the turns, each in its largest framing.
    private(set) var byteCount = 0
    /// UDP records of the turns.
    private var recordCount = 0

    var isEmpty: Bool { self.owed.isEmpty }

    /// Whether so much is left that no more is to come.
    var isMuch: Bool { self.byteCount >= Self.bytesMax || self.recordCount >= Self.recordsMax }

    /// Whether the turn that came last owes something.
    func isOwing(_ turn: Turn) -> Bool { self.owed.last?.turn === turn }

    /// - Parameter turn: no older than those before.
    mutating func owe(_ turn: Turn, to connection: Connection) {
        if self.owed.last?.turn !== turn {
            self.owed.append(Owed(turn))
            self.byteCount += turn.log.byteCount
            self.recordCount += turn.log.recordCount
        }
        // In several audiences it is owed one part of the turn.
        if connection.lastOwedTurn == turn.number { return }
        connection.lastOwedTurn = turn.number
        self.owed[self.owed.count - 1].count += 1
        if connection.owedFrom == 0 { connection.owedFrom = turn.number }
        guard !connection.isOwing else { return }
        connection.isOwing = true
        self.connections.append(connection)
    }

    /// Takes the connection that goes on next.
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

    /// Calls `body` with each turn of which a connection has not got its part, the oldest first: it gets them.
    func settle(_ connection: Connection, _ body: (Turn) -> Void = { _ in }) {
        for owed in self.owed where owed.turn.number >= connection.owedFrom {
            guard owed.turn.isFanned(to: connection) else { continue }
            owed.count -= 1
            body(owed.turn)
        }
        connection.owedFrom = 0
    }

    /// It ends.
    func forget(_ connection: Connection) {
        if connection.owedFrom != 0 { self.settle(connection) }
    }

    /// Lets go of turns that owe nobody anything. Their memory goes.
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
    /// Whether a connection gets one of its fan-outs.
    fileprivate func isFanned(to connection: Connection) -> Bool {
        var isFanned = false
        self.visitFanOuts(of: connection) { _ in isFanned = true }
        return isFanned
    }
}
