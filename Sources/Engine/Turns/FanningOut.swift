import Wire

/// How a turn ends: each connection gets its part in one write, in a time that others can wait for.
extension Shard {
    /// For how long one turn fans out; the rest goes on after the next look at the sockets.
    static let fanOutTimeMax = Duration.milliseconds(1)
    /// Sends between two looks at the time.
    static let sendsPerLook = 32

    /// Ends a turn of the event loop.
    ///
    /// - Returns: whether something is left for the next one, which is not to wait.
    func endTurn() -> Bool {
        self.sendDirect()
        if self.holdHasEnded { self.endHold() }
        if self.hold == nil { self.sendTurn() }
        self.continueFanOuts()
        self.settle()
        return !self.suspended.isEmpty
    }

    /// Sends what waits, also what was to wait longer, without an end of its time.
    func sendAll() {
        self.sendDirect()
        self.endHold()
        self.sendTurn()
        while let connection = self.suspended.next() { self.catchUp(connection) }
        self.settle()
    }

    /// Lets broadcasts wait for others to go with them.
    func holdTurn() {
        guard self.coalesce != .zero, self.hold == nil, !self.turn.isEmpty else { return }
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

    /// Gives the kernel what UDP sockets have, before the memory of the log is another turn's.
    private func flushDatagrams() {
        for socket in self.udpSockets { socket.flushOutput() }
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

    /// Sends a connection its own part of a turn, and before that what it is owed.
    private func sendPart(of turn: Turn, to connection: Connection) {
        self.catchUp(connection)
        guard connection.isOpen else { return }
        self.send(turn.part(of: connection), of: turn.log, to: connection)
    }

    /// Sends a connection now what the turn has for it so far, and what it is owed.
    func sendNow(_ connection: Connection) {
        if !self.direct.isEmpty { self.sendDirect() }
        self.sendPart(of: self.turn, to: connection)
        self.turn.served(connection)
        // Its record may not outlive the log.
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
            if connection.isUDP { self.flushDatagrams() }
        }
    }

    /// Sends the fan-outs of a turn, as long as there is time and no other is under way.
    ///
    /// - Returns: whether all of them are done; the others are suspended.
    private func fanOut(_ turn: Turn) -> Bool {
        guard self.suspended.isEmpty else {
            for fanOut in turn.fanOuts {
                self.suspend(turn, fanOut.audience.connections[...])
            }
            return false
        }
        let deadline = self.loop.time + Self.fanOutTimeMax
        var isDone = true
        for fanOut in turn.fanOuts {
            let isAlone = turn.fanOuts.count == 1
            let left = isDone ? self.send(fanOut, of: turn, isAlone: isAlone, until: deadline) : fanOut.audience.connections.count
            guard left > 0 else { continue }
            isDone = false
            self.suspend(turn, fanOut.audience.connections[..<left])
        }
        return isDone
    }

    /// - Parameter isAlone: no member is in the audience of another fan-out of the turn.
    /// - Returns: how many members, the first ones, have not got it yet.
    private func send(_ fanOut: FanOut, of turn: Turn, isAlone: Bool, until deadline: Instant) -> Int {
        let views = PerFraming(
            two: fanOut.view(.two, of: turn.log),
            four: fanOut.view(.four, of: turn.log),
            udp: fanOut.view(.udp, of: turn.log)
        )
        let connections = fanOut.audience.connections
        var left = connections.count
        var untilLook = Self.sendsPerLook
        while left > 0 {
            left -= 1
            let connection = connections[left]
            // It has got its part already.
            if connection.isTouched { continue }
            if isAlone || connection.isIn(onlyOneOf: turn.fanOuts) {
                self.send(views[connection.framing], to: connection, sharing: fanOut)
            } else if fanOut === turn.fanOuts.first(where: { $0.audience.contains(connection) }) {
                self.send(turn.part(of: connection), of: turn.log, to: connection)
            }
            untilLook -= 1
            guard untilLook == 0 else { continue }
            untilLook = Self.sendsPerLook
            if self.loop.time >= deadline { return left }
        }
        return 0
    }

    // MARK: Suspended fan-outs

    /// These get their part of the turn later.
    private func suspend(_ turn: Turn, _ connections: ContiguousArray<Connection>.SubSequence) {
        for connection in connections where !connection.isTouched { self.suspended.owe(turn, to: connection) }
    }

    /// Goes on with suspended fan-outs, for as long as one turn fans out.
    private func continueFanOuts() {
        guard !self.suspended.isEmpty else { return }
        let deadline = self.loop.time + Self.fanOutTimeMax
        var untilLook = Self.sendsPerLook
        while let connection = self.suspended.next() {
            self.catchUp(connection)
            untilLook -= 1
            guard untilLook == 0 else { continue }
            untilLook = Self.sendsPerLook
            if self.loop.time >= deadline { break }
        }
        self.flushDatagrams()
        self.suspended.forgetDone()
    }

    /// Sends a connection what suspended fan-outs owe it.
    func catchUp(_ connection: Connection) {
        guard connection.owedFrom != 0 else { return }
        for owed in self.suspended.turns(owedTo: connection) {
            if connection.isOpen { self.send(owed.turn, to: connection) }
        }
        self.suspended.settled(connection)
        if connection.isUDP { self.flushDatagrams() }
    }

    private func send(_ turn: Turn, to connection: Connection) {
        let fanOuts = turn.fanOuts.filter { $0.audience.contains(connection) }
        guard fanOuts.count == 1 else { return self.send(turn.part(of: connection), of: turn.log, to: connection) }
        self.send(fanOuts[0].view(connection.framing, of: turn.log), to: connection, sharing: fanOuts[0])
    }

    /// Connections that broadcast are not read while too much is left of fan-outs.
    private func updateReadGate() {
        self.readGate.setHasFanOutsLeft(self.suspended.byteCount >= SuspendedFanOuts.bytesMax, at: self.loop.now)
        for reader in self.readGate.takeWaiting() { reader.readingMayGoOn() }
    }
}

extension Connection {
    /// Whether it gets nothing but one of these fan-outs.
    fileprivate func isIn(onlyOneOf fanOuts: ContiguousArray<FanOut>) -> Bool {
        fanOuts.count { $0.audience.contains(self) } == 1
    }
}

/// Fan-outs that took too long for their turn: which connections they owe what. Event loop only.
///
/// Its lists are in the order in which the fan-outs came. A connection that gets something else first gets what it is owed
/// before, so that the order of each sender holds.
struct SuspendedFanOuts {
    /// From so many bytes on, connections that broadcast are not read.
    static let bytesMax = 1024 * 1024

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

    var isEmpty: Bool { self.owed.isEmpty }

    /// - Parameter turn: no older than those before.
    mutating func owe(_ turn: Turn, to connection: Connection) {
        if self.owed.last?.turn !== turn {
            self.owed.append(Owed(turn))
            self.byteCount += turn.log.byteCount
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
        self.forgetDone()
        return nil
    }

    /// The turns of which a connection has not got its part, the oldest first.
    func turns(owedTo connection: Connection) -> ContiguousArray<Owed> {
        self.owed.filter { owed in
            owed.turn.number >= connection.owedFrom && owed.turn.fanOuts.contains { $0.audience.contains(connection) }
        }
    }

    /// It has got all of them.
    mutating func settled(_ connection: Connection) {
        for owed in self.turns(owedTo: connection) { owed.count -= 1 }
        connection.owedFrom = 0
    }

    /// It ends.
    mutating func forget(_ connection: Connection) {
        if connection.owedFrom != 0 { self.settled(connection) }
    }

    /// Lets go of turns that owe nobody anything.
    mutating func forgetDone() {
        guard self.owed.contains(where: { $0.count == 0 }) else { return }
        self.byteCount -= self.owed.reduce(0) { $0 + ($1.count == 0 ? $1.turn.log.byteCount : 0) }
        self.owed.removeAll { $0.count == 0 }
    }
}
