import CLinux
import Glibc
import Wire

/// The sending of bytes to the kernel.
///
/// Bytes that the kernel does not take are queued in the connection's `PendingOutput`, within the limits. The event
/// loop never waits for a peer.
extension Shard {
    /// The delay before the next attempt after the kernel had no memory.
    ///
    /// The kernel does not report when it has memory again.
    static let memoryRetryDelay = Duration.milliseconds(10)
    /// Smaller pieces are copied for each connection. Sharing them would leave many small segments in the queue.
    static let sharedBytesMin = 4096

    /// Sends whole frames to one connection.
    ///
    /// - Parameter fanOut: the fan-out of the view. Its receivers can share one copy of unsent bytes. nil if there is
    ///   only one receiver.
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

    /// Sends bytes to the kernel.
    ///
    /// - Returns: the number of bytes that are done: either the kernel took them, or the output has failed for good.
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
                // The output has failed. Data from the peer is still read until the socket reports the end of input.
                self.endOutput(of: connection, code)
                return bytes.count
            }
        }
    }

    /// Sends queued bytes.
    ///
    /// - Returns: whether the queue is empty.
    func drainPending(of connection: Connection) -> Bool {
        guard case .socket(let descriptor) = connection.transmitter else { return true }
        var pending = connection.pending
        connection.pending = PendingOutput()
        let left = pending.drain(framing: connection.sendFraming) { self.transmit($0, to: connection, descriptor) }
        // If a send failed, the output has ended and the rest of the queue is discarded.
        let lost = connection.writeError == nil ? 0 : pending.discard()
        connection.pending = pending
        self.pendingTotal.remove(left + lost)
        connection.attachment?.flushed(0, pendingBytes: connection.pending.byteCount)
        return connection.pending.isEmpty
    }

    /// Ends the output of a connection. Data that the peer had sent may still be read.
    func endOutput(of connection: Connection, _ code: CInt) {
        guard connection.writeError == nil else { return }
        connection.writeError = code
        self.discardPending(of: connection)
        connection.attachment?.outputEnded()
    }

    /// Discards the queue of a connection.
    func discardPending(of connection: Connection) {
        self.pendingTotal.remove(connection.pending.discard())
    }

    // MARK: Unsent output

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
        // Freed at once, because the next connection of this fan-out may need the room.
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

    /// Unlimited if the program frames its bytes itself: the engine then does not know where a datagram ends.
    private func pendingDatagramsMax(of connection: Connection) -> Int {
        connection.sendFraming == nil ? .max : self.limits.pendingDatagrams ?? .max
    }

    /// Closes connections of this event loop that have more unsent bytes than the given one, until the new bytes fit.
    ///
    /// It does so only with `SlowConsumer.disconnect`.
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
    /// Corrects the counts after only some of the frames were queued.
    fileprivate mutating func dropped(_ unsent: UnsentFrames, but kept: UnsentFrames) {
        let datagramCount = UInt64(unsent.datagramCount - kept.datagramCount)
        self.datagramsOut &-= datagramCount
        self.bytesOut &-= UInt64(unsent.bytes.count - kept.bytes.count)
        self.datagramsUnsent += datagramCount
    }
}

/// With `coalesce`: output of this turn of the event loop that is sent before the held broadcasts. Event loop only.
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
    /// Sends the output that does not wait for `coalesce`.
    func sendDirect() {
        guard !self.direct.isEmpty else { return }
        // No code called from here adds to `direct`.
        self.direct.visit { connection, view in
            if connection.owedFrom != 0 { self.catchUp(connection) }
            self.send(view, to: connection, sharing: nil)
        }
        self.flushDatagrams()
        self.direct.removeAll()
    }
}
