import Wire

/// How datagrams get into the turn.
extension Connection {
    /// Sends a run to this connection, after all that the same sender has sent before. On its event loop.
    ///
    /// - Parameter run: of any connection, in whatever framing.
    public func send(_ run: DatagramRun) {
        self.shard.send(run, to: self, from: self)
    }

    /// Sends a run to another connection, on whichever event loop that is, after all that this one has sent before. One that is
    /// not there gets nothing. On this connection's event loop.
    public func send(_ run: DatagramRun, to id: ConnectionID) {
        self.shard.send(run, to: id, from: self)
    }

    /// Sends a run to every connection of every listener. On the sender's event loop.
    ///
    /// - Parameters:
    ///   - run: of this connection. Where it is the end of what a `Service` was called with, a rate may hold back its last
    ///     datagrams: see `heldBackBytes`.
    ///   - includingSender: false leaves this connection out.
    public func broadcast(_ run: DatagramRun, includingSender: Bool) {
        if self.joinsBroadcasts {
            guard self.receiveRates == nil else {
                return self.broadcastCharged(run, includingSender: includingSender)
            }
            self.shard.broadcast(run, from: self, includingSender: includingSender)
        } else if includingSender {
            self.send(run)
        } else {
            self.drop(run)
        }
    }

    /// Sends a run to the members of an audience on all event loops. On the sender's event loop.
    func send(_ run: DatagramRun, to audience: Audience, includingSender: Bool) {
        self.shard.send(run, to: audience, from: self, includingSender: includingSender)
    }

    /// Counts a run as dropped. On its event loop.
    public func drop(_ run: DatagramRun) {
        self.traffic.datagramsDropped += UInt64(run.datagramCount)
    }

    /// Ends this connection with the current turn; what it still had to get is lost. On its event loop.
    public func close(_ reason: CloseReason = .closedHere) {
        self.shard.close(self, reason)
    }

    /// Hands over bytes to be sent, after all that was handed over before. Any thread.
    ///
    /// - Parameters:
    ///   - bytes: framed by the caller, or not framed at all.
    ///   - datagramCount: how many datagrams these are.
    package func post(_ bytes: [UInt8], datagramCount: Int) {
        bytes.withUnsafeBytes { self.shard.outbox.post($0, datagramCount: datagramCount, for: self) }
    }

    /// Does work on its event loop, after all that this thread has handed over before. Any thread.
    ///
    /// - Returns: false, and nothing is done, once the event loop has ended.
    @discardableResult
    package func onEventLoop(_ work: @escaping @Sendable () -> Void) -> Bool { self.shard.loop.post(work) }

    /// The socket of a connection over TCP; -1 over UDP and once it is closed. On its event loop.
    package var descriptor: CInt { self.source?.descriptor ?? -1 }

    /// Ends a connection that has passed a limit, with the current turn. On its event loop.
    package func close(passing limit: ConnectionLimit) { self.shard.close(self, passing: limit) }

    /// Counts what its `byteReceiver` was brought. On its event loop.
    package func countReceived(datagrams: Int, bytes: Int) {
        self.traffic.datagramsIn &+= UInt64(datagrams)
        self.traffic.bytesIn &+= UInt64(bytes)
    }

    /// Reads again where its `byteReceiver` admits it. On its event loop.
    package func resumeReading() { self.source?.updateInterest() }
}

extension Connection {
    /// Counts what its framing can't say of what is for it alone.
    fileprivate func countUnframeable(_ span: Span) {
        if span.unframeableCount > 0 { self.traffic.datagramsUnframeable += UInt64(span.unframeableCount) }
    }
}

extension Shard {
    /// Whether what a sender has for one connection goes past the broadcasts that wait for `coalesce`: unless one of its own
    /// is among them.
    private func isDirect(_ sender: Connection) -> Bool {
        self.coalesce != .zero && sender.lastBroadcastTurn != self.turn.number
    }

    func send(_ run: DatagramRun, to connection: Connection, from sender: Connection) {
        precondition(self.loop.isCurrent, "a datagram that is sent from another event loop")
        guard connection.isOpen else { return }
        guard self.isDirect(sender) else { return self.add(run, to: connection) }
        connection.countUnframeable(self.direct.append(run, to: connection))
        if self.direct.byteCount >= Turn.bytesMax { self.sendDirect() }
    }

    /// Adds a run for one connection to the turn.
    private func add(_ run: DatagramRun, to connection: Connection) {
        var span = self.turn.log.append(run, as: connection.framing)
        connection.countUnframeable(span)
        span.unframeableCount = 0
        guard span.byteCount > 0 else { return }
        self.turn.add(span, to: connection)
        self.endTurnEarly()
    }

    func send(_ run: DatagramRun, to id: ConnectionID, from sender: Connection) {
        precondition(self.loop.isCurrent, "a datagram that is sent from another event loop")
        if let connection = self.table[id] { return self.send(run, to: connection, from: sender) }
        guard !self.others.isEmpty else { return }
        if self.isDirect(sender) {
            let delivery = TurnDelivery(run, to: id)
            for other in self.others { self.post(delivery, to: other) }
        } else {
            var spans = PerFraming<Span?>(nil)
            spans[run.framing] = self.turn.log.append(run, as: run.framing)
            self.turn.add(ForeignSpan(target: .connection(id), spans: spans))
            self.endTurnEarly()
        }
    }

    func broadcast(_ run: DatagramRun, from sender: Connection, includingSender: Bool) {
        self.send(run, to: self.everyone, members: self.members, from: sender, includingSender: includingSender)
    }

    func send(_ run: DatagramRun, to audience: Audience, from sender: Connection, includingSender: Bool) {
        let members = audience.members(onLoop: self.index)
        self.send(run, to: audience, members: members, from: sender, includingSender: includingSender)
    }

    private func send(
        _ run: DatagramRun,
        to audience: Audience,
        members: AudienceMembers,
        from sender: Connection,
        includingSender: Bool
    ) {
        precondition(self.loop.isCurrent, "a datagram that is sent from another event loop")
        guard sender.isOpen else { return }
        let isForOthers = !self.others.isEmpty && self.others.contains { audience.count(onLoop: $0.index) > 0 }
        guard members.count > 0 || isForOthers else { return }
        let turn = self.turn
        sender.lastBroadcastTurn = turn.number
        let fanOut = turn.fanOut(to: members)
        var spans = PerFraming<Span?>(nil)
        for framing in self.framings {
            let span = turn.log.append(run, as: framing)
            spans[framing] = span
            fanOut.add(span, as: framing)
        }
        if !includingSender, let span = spans[sender.framing], members.contains(sender) {
            turn.add(span, isSkip: true, to: sender)
        }
        if isForOthers { turn.add(ForeignSpan(target: .audience(audience), spans: spans)) }
        self.endTurnEarly()
        self.holdTurn()
    }

    /// Adds what another event loop has for the members of an audience here.
    func add(_ views: PerFraming<FanOut.View?>, to audience: Audience) {
        let members = audience.members(onLoop: self.index)
        guard members.count > 0 else { return }
        let fanOut = self.turn.fanOut(to: members)
        for framing in self.framings {
            guard let view = views[framing] else { continue }
            var span = self.turn.log.append(view.bytes, datagramCount: view.datagramCount, as: framing)
            span.unframeableCount = Int32(view.unframeableCount)
            fanOut.add(span, as: framing)
        }
        self.endTurnEarly()
        self.holdTurn()
    }

    /// Adds what another event loop has for a connection here.
    func add(_ run: DatagramRun, to id: ConnectionID) {
        guard let connection = self.table[id], connection.isOpen else { return }
        // Behind all of the same turn of the other loop: the order of its sender.
        self.add(run, to: connection)
    }

    /// Makes a connection a member of an audience from now on. On its event loop.
    func join(_ connection: Connection, _ audience: Audience) {
        self.change(connection, isMember: true, of: audience.members(onLoop: self.index))
    }

    /// A connection is no member any more. On its event loop.
    func leave(_ connection: Connection, _ audience: Audience) {
        self.change(connection, isMember: false, of: audience.members(onLoop: self.index))
    }

    func change(_ connection: Connection, isMember: Bool, of members: AudienceMembers) {
        guard members.contains(connection) != isMember, connection.tableIndex >= 0 else { return }
        // It gets what the audience was sent while it was in it, and nothing else.
        self.sendNow(connection)
        if isMember { members.add(connection) } else { members.remove(connection) }
    }
}
