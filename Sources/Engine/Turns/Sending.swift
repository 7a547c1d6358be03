import Wire

/// The calls that add datagrams to the turn.
extension Connection {
    /// Sends a run to this connection. The connection also counts as the sender, so the run follows the datagrams that
    /// it has sent before. On its event loop.
    ///
    /// - Parameter run: of any connection, in any framing.
    public func send(_ run: DatagramRun) {
        self.shard.send(run, to: self, from: self)
    }

    /// Sends a run to another connection, on any event loop, after all earlier datagrams of this connection.
    ///
    /// If the other connection does not exist, the run is discarded. On this connection's event loop.
    public func send(_ run: DatagramRun, to id: ConnectionID) {
        self.shard.send(run, to: id, from: self)
    }

    /// Sends a run to all connections of all listeners. On the sender's event loop.
    ///
    /// - Parameters:
    ///   - run: received from this connection. If it is the end of the run that a `Service` is handling, a rate may
    ///     hold back its last datagrams: see `heldBackBytes`.
    ///   - includingSender: false leaves out this connection.
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

    /// Closes this connection at the end of the current turn. On its event loop.
    ///
    /// The kernel gets the output so far. Bytes that it does not take are lost.
    public func close(_ reason: CloseReason = .closedHere) {
        self.shard.close(self, reason)
    }

    /// Posts bytes to be sent after all bytes that were posted before. Any thread.
    ///
    /// - Parameters:
    ///   - bytes: framed by the caller, or unframed.
    ///   - datagramCount: the number of datagrams in `bytes`.
    package func post(_ bytes: [UInt8], datagramCount: Int) {
        bytes.withUnsafeBytes { self.shard.outbox.post($0, datagramCount: datagramCount, for: self) }
    }

    /// Runs work on its event loop, after all work and bytes that this thread posted before. Any thread.
    ///
    /// - Returns: false if the event loop has ended. The work then never runs.
    @discardableResult
    package func onEventLoop(_ work: @escaping @Sendable () -> Void) -> Bool { self.shard.loop.post(work) }

    /// The descriptor of its TCP socket; -1 over UDP and once it is closed. On its event loop.
    package var descriptor: CInt { self.source?.descriptor ?? -1 }

    /// Closes a connection that has passed a limit, at the end of the current turn. On its event loop.
    package func close(passing limit: ConnectionLimit) { self.shard.close(self, passing: limit) }

    /// Counts the datagrams and bytes that its `byteReceiver` received. On its event loop.
    package func countReceived(datagrams: Int, bytes: Int) {
        self.traffic.datagramsIn &+= UInt64(datagrams)
        self.traffic.bytesIn &+= UInt64(bytes)
    }

    /// Continues reading if its `byteReceiver` admits it. On its event loop.
    package func resumeReading() { self.source?.updateInterest() }
}

extension Connection {
    /// Counts the datagrams for this connection alone that are too long for its framing.
    fileprivate func countUnframeable(_ span: Span) {
        if span.unframeableCount > 0 { self.traffic.datagramsUnframeable += UInt64(span.unframeableCount) }
    }
}

extension Shard {
    /// With `coalesce`: whether the sender's datagrams for one connection are sent before the held broadcasts.
    ///
    /// False if a broadcast of the same sender is held: the sender's later datagrams must not overtake it.
    private func isDirect(_ sender: Connection) -> Bool {
        self.coalesce != .zero && sender.lastBroadcastTurn != self.turn.number
    }

    func send(_ run: DatagramRun, to connection: Connection, from sender: Connection) {
        precondition(self.loop.isCurrent, "a datagram is sent from another event loop")
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
        precondition(self.loop.isCurrent, "a datagram is sent from another event loop")
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
        precondition(self.loop.isCurrent, "a datagram is sent from another event loop")
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

    /// Adds datagrams from another event loop for the members of an audience here.
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

    /// Adds datagrams from another event loop for a connection here.
    func add(_ run: DatagramRun, to id: ConnectionID) {
        guard let connection = self.table[id], connection.isOpen else { return }
        // Never added to `direct`: the run must follow the other datagrams of the sender's turn.
        self.add(run, to: connection)
    }

    /// Adds a connection to an audience. On its event loop.
    func join(_ connection: Connection, _ audience: Audience) {
        self.change(connection, isMember: true, of: audience.members(onLoop: self.index))
    }

    /// Removes a connection from an audience. On its event loop.
    func leave(_ connection: Connection, _ audience: Audience) {
        self.change(connection, isMember: false, of: audience.members(onLoop: self.index))
    }

    func change(_ connection: Connection, isMember: Bool, of members: AudienceMembers) {
        guard members.contains(connection) != isMember, connection.tableIndex >= 0 else { return }
        // A member gets exactly the datagrams that were sent while it was a member. It therefore gets the turn's output
        // so far before the change.
        self.sendNow(connection)
        if isMember { members.add(connection) } else { members.remove(connection) }
    }
}
