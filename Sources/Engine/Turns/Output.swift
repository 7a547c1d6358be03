import CLinux
import Glibc
import Wire

/// How bytes leave. What the kernel does not take waits in the connection's `PendingOutput`, as far as the limits allow; nobody
/// waits for a peer.
extension Shard {
    /// How long the kernel is not asked again after it had no memory: it does not tell when it has some.
    static let memoryRetryDelay = Duration.milliseconds(10)
    /// Less is copied for each connection: what waits would be many small segments.
    static let sharedBytesMin = 4096

    /// Sends whole frames to one connection.
    ///
    /// - Parameter fanOut: whose view it is, so that those who can't take it share its memory; nil where nobody else gets it.
    func send(_ view: FanOut.View, to connection: Connection, sharing fanOut: FanOut?) {
        self.unframeableCount &+= UInt64(view.unframeableCount)
        guard connection.isOpen, connection.writeError == nil, view.bytes.count > 0 else { return }
        switch connection.transmitter {
        case .socket(let descriptor):
            self.sendsSinceLook += 1
            connection.traffic.datagramsOut &+= UInt64(view.datagramCount)
            connection.traffic.bytesOut &+= UInt64(view.bytes.count)
            guard connection.pending.isEmpty else { return self.keep(view, sentBytes: 0, for: connection, fanOut) }
            let sentBytes = self.transmit(view.bytes, to: connection, descriptor)
            if sentBytes < view.bytes.count { self.keep(view, sentBytes: sentBytes, for: connection, fanOut) }
        case .datagrams(let transmitter):
            self.sendsSinceLook += view.datagramCount
            transmitter.send(view.bytes)
        case .none: return
        }
    }

    /// - Returns: how many bytes need no more attention: the kernel took them, or nothing more can be sent.
    private func transmit(_ bytes: UnsafeRawBufferPointer, to connection: Connection, _ descriptor: CInt) -> Int {
        while true {
            let sent = self.loop.system.send(descriptor, bytes)
            if sent >= 0 {
                if sent < bytes.count { connection.source?.outputWaits(isForMemory: false) }
                return sent
            }
            switch CInt(-sent) {
            case EINTR: continue
            case EAGAIN:
                connection.source?.outputWaits(isForMemory: false)
                return 0
            case ENOBUFS, ENOMEM:
                connection.source?.outputWaits(isForMemory: true)
                return 0
            case let code:
                // Its output has ended. What the peer still sends is used until the socket says that it has ended too.
                self.endOutput(of: connection, code)
                return bytes.count
            }
        }
    }

    /// Offers the kernel what waits.
    ///
    /// - Returns: whether nothing waits any more.
    func drainPending(of connection: Connection) -> Bool {
        guard case .socket(let descriptor) = connection.transmitter else { return true }
        var pending = connection.pending
        connection.pending = PendingOutput()
        let left = pending.drain(framing: connection.sendFraming) { self.transmit($0, to: connection, descriptor) }
        // An error of the write has ended the output, and with it what is left.
        let lost = connection.writeError == nil ? 0 : pending.discard()
        connection.pending = pending
        self.pendingTotal.remove(left + lost)
        connection.attachment?.flushed(0, pendingBytes: connection.pending.byteCount)
        return connection.pending.isEmpty
    }

    /// Nothing more is sent on a connection. What the peer had sent may still be read.
    func endOutput(of connection: Connection, _ code: CInt) {
        guard connection.writeError == nil else { return }
        connection.writeError = code
        self.discardPending(of: connection)
        connection.attachment?.outputEnded()
    }

    /// What waits for a connection will not be sent any more.
    func discardPending(of connection: Connection) {
        self.pendingTotal.remove(connection.pending.discard())
    }

    // MARK: What the kernel did not take

    private func keep(_ view: FanOut.View, sentBytes: Int, for connection: Connection, _ fanOut: FanOut?) {
        let framing = connection.sendFraming
        let unsent = UnsentFrames(
            of: view.bytes,
            datagramCount: view.datagramCount,
            sentBytes: sentBytes,
            framing: framing
        )
        var kept = unsent
        if let limit = self.limit(passedBy: unsent, for: connection) {
            guard self.limits.slowConsumer == .drop, let framing else { return self.end(connection, passing: limit) }
            kept = self.fitting(unsent, framing, for: connection)
            connection.traffic.dropped(unsent, but: kept)
            self.exceeded(limit, by: connection, losing: unsent.datagramCount - kept.datagramCount)
        }
        guard kept.bytes.count > 0 else { return }
        self.pendingTotal.add(kept.bytes.count)
        let isWhole = kept.bytes.count == unsent.bytes.count && kept.bytes.count >= Self.sharedBytesMin
        let shared = isWhole ? fanOut?.share(view, as: connection.framing) : nil
        connection.pending.append(kept, sharing: shared, framing: framing)
    }

    private func end(_ connection: Connection, passing limit: ConnectionLimit) {
        self.fail(connection, limit.closeReason)
        // At once: the next connection of this fan-out may need the room.
        self.discardPending(of: connection)
        self.exceeded(limit, by: connection)
    }

    private func limit(passedBy unsent: UnsentFrames, for connection: Connection) -> ConnectionLimit? {
        let pending = connection.pending
        if pending.byteCount + unsent.bytes.count > self.pendingBytesMax { return .pendingBytes }
        if pending.datagramCount + unsent.datagramCount > self.pendingDatagramsMax(of: connection) {
            return .pendingDatagrams
        }
        if unsent.bytes.count > self.pendingTotal.room { self.makeRoom(unsent.bytes.count, for: connection) }
        return unsent.bytes.count > self.pendingTotal.room ? .pendingBytesTotal : nil
    }

    private var pendingBytesMax: Int {
        min(self.limits.pendingBytes ?? PendingOutput.bytesMaxEver, PendingOutput.bytesMaxEver)
    }

    /// Where nobody knows where datagrams end, they are not counted.
    private func pendingDatagramsMax(of connection: Connection) -> Int {
        connection.sendFraming == nil ? .max : self.limits.pendingDatagrams ?? .max
    }

    /// Ends connections of this event loop for which more waits than for this one, where that is how a limit is held.
    private func makeRoom(_ byteCount: Int, for connection: Connection) {
        guard self.limits.slowConsumer == .disconnect else { return }
        let heldBytes = connection.pending.byteCount + byteCount
        while byteCount > self.pendingTotal.room,
            let largest = self.largestHolders.next(over: heldBytes, in: self.table)
        {
            self.end(largest, passing: .pendingBytesTotal)
        }
    }

    private func fitting(_ unsent: UnsentFrames, _ framing: Framing, for connection: Connection) -> UnsentFrames {
        let pending = connection.pending
        return unsent.prefix(
            bytesMax: min(self.pendingBytesMax - pending.byteCount, self.pendingTotal.room),
            datagramsMax: self.pendingDatagramsMax(of: connection) - pending.datagramCount,
            framing: framing
        )
    }
}

extension Traffic {
    /// Takes back that frames were taken over of which only some were.
    fileprivate mutating func dropped(_ unsent: UnsentFrames, but kept: UnsentFrames) {
        let datagramCount = UInt64(unsent.datagramCount - kept.datagramCount)
        self.datagramsOut &-= datagramCount
        self.bytesOut &-= UInt64(unsent.bytes.count - kept.bytes.count)
        self.datagramsUnsent += datagramCount
    }
}

/// With `coalesce`, what connections get in this turn of the event loop past the broadcasts that wait. Event loop only.
struct DirectOutput: ~Copyable {
    private struct Entry {
        let connection: Connection
        var span: Span
    }

    private var log = TurnLog()
    private var entries: ContiguousArray<Entry> = []

    var isEmpty: Bool { self.entries.isEmpty }

    var byteCount: Int { self.log.byteCount }

    mutating func append(_ run: DatagramRun, to connection: Connection) -> Span {
        let span = self.log.append(run, as: connection.framing)
        if let last = self.entries.indices.last, self.entries[last].connection === connection,
            self.entries[last].span.end == span.start
        {
            self.entries[last].span.end = span.end
            self.entries[last].span.datagramCount += span.datagramCount
        } else {
            self.entries.append(Entry(connection: connection, span: span))
        }
        return span
    }

    func visit(_ body: (Connection, FanOut.View) -> Void) {
        for entry in self.entries {
            let bytes = self.log.view(entry.connection.framing)
            let range = Int(entry.span.start)..<Int(entry.span.end)
            var span = entry.span
            span.unframeableCount = 0
            body(entry.connection, FanOut.View(UnsafeRawBufferPointer(rebasing: bytes[range]), span))
        }
    }

    mutating func removeAll() {
        self.entries.removeAll(keepingCapacity: self.entries.capacity <= Turn.piecesKept)
        self.log.removeAll()
    }
}

extension Shard {
    /// Sends what does not wait for `coalesce`.
    func sendDirect() {
        guard !self.direct.isEmpty else { return }
        // Sending comes back to nobody who could add to it.
        self.direct.visit { connection, view in
            if connection.owedFrom != 0 { self.catchUp(connection) }
            self.send(view, to: connection, sharing: nil)
        }
        self.flushDatagrams()
        self.direct.removeAll()
    }
}
