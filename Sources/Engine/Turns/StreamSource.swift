import CLinux
import Glibc
import Wire

/// The TCP socket of a `Connection`. It reads data, passes it to the service, and handles the peer's close.
final class StreamSource: EventSource, GatedReader {
    let connection: Connection
    private let service: any Service
    private var reader: StreamReader
    /// Received bytes that wait for a later turn or for a rate; nil if no bytes wait.
    private(set) var held: HeldInput?
    /// The bytes of incomplete datagrams and of held input, as last reported to the shard.
    private(set) var unfinishedBytes = 0
    /// Whether the peer has gone while this connection was not read. Data that it had sent is still handed on.
    private(set) var isHungUp = false
    /// Whether it waits for the socket to become writable.
    private var isWaitingToWrite = false
    /// The timer of the next attempt after the kernel had no memory.
    private var retry: Timer?

    init(_ descriptor: CInt, _ connection: Connection, service: any Service) {
        self.connection = connection
        self.service = service
        let limits = connection.shard.limits
        self.reader = StreamReader(framing: connection.framing, datagramBytesMax: limits.datagramBytes)
        super.init(descriptor: descriptor, loop: connection.shard.loop)
    }

    private var shard: Shard { self.connection.shard }

    /// Applies changed limits from the next read on.
    func use(_ limits: Limits) {
        self.reader.use(datagramBytesMax: limits.datagramBytes)
        // The held input is checked again, because the rate that holds it back may have changed.
        self.shard.queueInput(of: self.connection)
    }

    /// The received data so far, for the input timeouts.
    var progress: ReceiveWatch.Progress {
        let tailBytes = self.reader.tail.count
        return ReceiveWatch.Progress(
            bytes: self.connection.traffic.bytesIn + UInt64(tailBytes),
            datagrams: self.connection.traffic.datagramsIn,
            isMidFrame: tailBytes > 0
        )
    }

    override func ready(_ events: PollEvents) {
        if events.contains(.writable) { self.writable() }
        guard !events.isDisjoint(with: [.readable, .errorOrHangUp]), self.isPolled else { return }
        if self.mayRead {
            self.read()
        } else if !events.isDisjoint(with: .errorOrHangUp) {
            self.hungUp()
        } else {
            self.updateInterest()
        }
    }

    // MARK: Reading

    /// Whether received data can be handled now. If not, reading continues once this changes.
    private var mayRead: Bool {
        // Data of a closing connection is read and ignored.
        guard self.connection.isOpen else { return true }
        if self.held != nil { return false }
        if let receiver = self.connection.byteReceiver, !receiver.admitsRead(of: self.connection) { return false }
        return self.shard.readGate.admits(self)
    }

    private func read() {
        let buffer = self.shard.receiveBuffer
        let count = self.loop.system.receive(self.descriptor, buffer)
        guard count <= 0 else {
            return self.bytesReceived(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        switch CInt(-count) {
        case 0: self.ended(self.connection.writeError.map(CloseReason.init(errorCode:)) ?? .peerClosed)
        case EAGAIN, EINTR: return
        case let code: self.ended(CloseReason(errorCode: self.connection.writeError ?? code))
        }
    }

    /// Closes the connection, because no more data will arrive.
    private func ended(_ reason: CloseReason) {
        self.shard.end(self.connection, reason)
    }

    /// Handles a hang-up of the peer while the connection is not read.
    ///
    /// Data that the peer had sent is still handed on. No more data is sent to it.
    private func hungUp() {
        self.isHungUp = true
        self.shard.endOutput(of: self.connection, EPIPE)
        // epoll would otherwise report the hang-up in every turn.
        self.loop.stopPolling(self)
        if !self.connection.isOpen { self.ended(self.connection.state.closeReason ?? .peerReset) }
    }

    /// Handles bytes that were read from the socket.
    func bytesReceived(_ bytes: UnsafeRawBufferPointer) {
        let connection = self.connection
        guard connection.isOpen, !self.shard.shutdown.hasBegun else { return }
        if let receiver = connection.byteReceiver {
            receiver.bytesReceived(bytes, from: connection)
            return self.updateInterest()
        }
        let step = self.handOn(bytes, datagramsMax: .max)
        if step.nextFrameBytes != nil { self.held = HeldInput(bytes[step.usedBytes...], loop: self.loop) }
        self.settle(step)
    }

    /// Passes a part of the held input to the service.
    func continueInput() {
        guard let held else { return }
        held.isQueued = false
        guard self.connection.isOpen else { return }
        let step = self.handOn(held.view, datagramsMax: Shard.heldDatagramsPerPass)
        held.drop(step.usedBytes)
        self.settle(step)
    }

    /// Discards the held input and reads on. The data read from now on is ignored.
    func dropInput() {
        guard let held else { return }
        held.end()
        self.held = nil
        self.countUnfinished()
        self.updateInterest()
    }

    /// Passes at most `Shard.partsPerRead` parts of one read to the service.
    private func handOn(_ bytes: UnsafeRawBufferPointer, datagramsMax: Int) -> StreamReader.Step {
        let (connection, service) = (self.connection, self.service)
        var partsLeft = Shard.partsPerRead
        connection.isHandingOn = true
        connection.heldBackBytes = 0
        defer { connection.isHandingOn = false }
        return self.reader.bytesReceived(bytes, datagramsMax: min(datagramsMax, connection.datagramsMax)) { run in
            guard connection.isOpen else { return run.bytes.count }
            let share = connection.share(of: run)
            guard share.datagramCount > 0 else { return 0 }
            self.shard.handedOn = share.bytes
            let takenBytes = service.received(share, from: connection, partsMax: partsLeft)
            self.shard.handedOn = nil
            partsLeft -= 1
            let taken = share.prefix(bytesMax: takenBytes)
            connection.received(datagrams: taken.datagramCount, bytes: taken.bytes.count)
            return takenBytes
        }
    }

    /// Handles the rest of the bytes after a step.
    private func settle(_ step: StreamReader.Step) {
        let connection = self.connection
        if step.oversizedPayloadBytes != nil { self.shard.close(connection, passing: .datagramBytes) }
        if connection.isOpen, let frameBytes = step.nextFrameBytes {
            self.wait(frameBytes: frameBytes)
            self.updateInterest()
        } else if let held {
            held.end()
            self.held = nil
            if connection.isOpen { self.updateInterest() }
        }
        self.countUnfinished()
    }

    /// Makes the held input wait for a rate or for a later turn.
    private func wait(frameBytes: Int) {
        let (shard, connection) = (self.shard, self.connection)
        guard let wait = connection.wait(frameBytes: frameBytes) else { return shard.queueInput(of: connection) }
        guard let time = wait.time else { return connection.pass(wait.limit) }
        let resumption = shard.loop.schedule(after: max(HeldInput.pauseMin, time)) { [unowned connection] in
            connection.shard.queueInput(of: connection)
        }
        let readingTime = shard.clock.reading(at: shard.loop.now)
        guard let held, held.throttle(at: readingTime, until: resumption) else { return }
        shard.throttled(wait.limit)
    }

    /// Reports the unfinished bytes to the shard; 0 once the connection is closing.
    private func countUnfinished() {
        let byteCount = self.reader.tail.count + (self.held?.byteCount ?? 0)
        guard byteCount != self.unfinishedBytes || byteCount > 0 else { return }
        self.countUnfinished(self.connection.isOpen ? byteCount : 0)
    }

    /// Reports a changed number of unfinished bytes to the shard.
    func countUnfinished(_ byteCount: Int) {
        guard byteCount != self.unfinishedBytes else { return }
        let growth = byteCount - self.unfinishedBytes
        self.unfinishedBytes = byteCount
        self.shard.unfinishedChanged(by: growth)
    }

    // MARK: Interest

    /// Polls for the events that the connection can handle now.
    func updateInterest() {
        guard self.descriptor >= 0, !self.isClosing else { return }
        var interest: PollEvents = []
        if self.mayRead { interest.insert(.readable) }
        if self.isWaitingToWrite { interest.insert(.writable) }
        // A close of the peer must be noticed even while the connection is not read, but reported only once.
        if interest.isEmpty, !self.isHungUp { interest = .errorOrHangUp }
        do throws(SystemError) {
            try self.loop.setInterest(interest, of: self)
        } catch {
            // The connection closes without sending the turn's output: the caller may be in the middle of sending it.
            if self.connection.isOpen { return self.shard.fail(self.connection, CloseReason(errorCode: error.code)) }
            self.connection.closeTransport()
        }
    }

    // MARK: GatedReader

    var isWaitingAtGate = false

    var hasBroadcast: Bool { self.connection.lastBroadcastTurn > 0 }

    func readingMayGoOn() { self.updateInterest() }

    // MARK: Writing

    /// Continues the output later: once the socket is writable or, if the kernel had no memory, after a delay.
    func outputWaits(isForMemory: Bool) {
        if isForMemory {
            guard self.retry == nil else { return }
            self.retry = self.loop.schedule(after: Shard.memoryRetryDelay) { [unowned self] in
                self.retry = nil
                self.writable()
            }
            guard self.isWaitingToWrite else { return }
            // The socket may stay writable without memory. Polling it would wake the loop all the time.
            self.isWaitingToWrite = false
            self.updateInterest()
        } else if !self.isWaitingToWrite {
            self.isWaitingToWrite = true
            self.updateInterest()
        }
    }

    private func writable() {
        let isDone = self.shard.drainPending(of: self.connection)
        if isDone != !self.isWaitingToWrite, self.retry == nil {
            self.isWaitingToWrite = !isDone
            self.updateInterest()
        }
        if isDone { self.shard.everythingSent(to: self.connection) }
    }

    // MARK: The end

    override func tearDown() {
        self.held?.end()
        self.held = nil
        self.loop.cancel(self.retry)
        self.countUnfinished(0)
        if self.connection.state.closeReason == .slowConsumer { self.discardUnsent() }
        self.closeDescriptor()
        self.shard.finished(self.connection, service: self.service)
    }

    /// Makes the close of the socket discard the kernel's unsent data and send a reset.
    ///
    /// Otherwise the kernel would keep the data for minutes for a peer that does not read. No limit would count it any
    /// more.
    private func discardUnsent() {
        guard self.descriptor >= 0 else { return }
        var abort = linger(l_onoff: 1, l_linger: 0)
        // If this fails, the kernel keeps the data for its own timeout.
        setsockopt(self.descriptor, SOL_SOCKET, SO_LINGER, &abort, socklen_t(MemoryLayout<linger>.size))
    }
}
