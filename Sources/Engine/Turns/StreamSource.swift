import CLinux
import Glibc
import Wire

/// Joins one TCP socket to its `Connection`: reads what comes, hands it to the service, and ends with the peer.
final class StreamSource: EventSource, GatedReader {
    let connection: Connection
    private let service: any Service
    private var reader: StreamReader
    /// What came and waits for a later turn, or for a rate; nil when all was handed on.
    private(set) var held: HeldInput?
    /// What it holds of datagrams that have not all come, or are not handed on yet, as it is counted.
    private(set) var unfinishedBytes = 0
    /// Whether the peer has gone, and only what it had sent is still handed on.
    private(set) var isHungUp = false
    /// Whether the kernel takes no more for now.
    private var isWaitingToWrite = false
    /// Asks again for memory that the kernel did not have.
    private var retry: Timer?

    init(_ descriptor: CInt, _ connection: Connection, service: any Service) {
        self.connection = connection
        self.service = service
        let limits = connection.shard.limits
        self.reader = StreamReader(framing: connection.framing, datagramBytesMax: limits.datagramBytes)
        super.init(descriptor: descriptor, loop: connection.shard.loop)
    }

    private var shard: Shard { self.connection.shard }

    /// Holds other limits from the next read on.
    func use(_ limits: Limits) {
        self.reader.use(datagramBytesMax: limits.datagramBytes)
        // The rate that holds it up may be another one.
        self.shard.queueInput(of: self.connection)
    }

    /// What has come so far.
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

    /// Whether anybody takes what comes now; if not, it goes on when that changes.
    private var mayRead: Bool {
        // What comes is ignored.
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

    /// Nothing will come any more.
    private func ended(_ reason: CloseReason) {
        self.shard.end(self.connection, reason)
    }

    /// The peer has gone while it is not read from: what it had sent is handed on all the same, and nothing is sent to it.
    private func hungUp() {
        self.isHungUp = true
        self.shard.endOutput(of: self.connection, EPIPE)
        // Polled for something, it would be reported without end.
        self.loop.stopPolling(self)
        if !self.connection.isOpen { self.ended(self.connection.state.closeReason ?? .peerReset) }
    }

    /// Takes bytes that were read from the socket.
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

    /// Hands a part of what is held to the service.
    func continueInput() {
        guard let held else { return }
        held.isQueued = false
        guard self.connection.isOpen else { return }
        let step = self.handOn(held.view, datagramsMax: Shard.heldDatagramsPerPass)
        held.drop(step.usedBytes)
        self.settle(step)
    }

    /// Lets go of what is held, and reads on: what comes is ignored.
    func dropInput() {
        guard let held else { return }
        held.end()
        self.held = nil
        self.countUnfinished()
        self.updateInterest()
    }

    /// Hands on a part of one read at most.
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

    /// Decides what becomes of the rest.
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

    /// Lets what is held wait for a rate, or for a later turn.
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

    /// Counts what it holds with what all others do; nothing any more where its end is decided.
    private func countUnfinished() {
        let byteCount = self.reader.tail.count + (self.held?.byteCount ?? 0)
        guard byteCount != self.unfinishedBytes || byteCount > 0 else { return }
        self.countUnfinished(self.connection.isOpen ? byteCount : 0)
    }

    /// Counts what it holds with what all others do.
    func countUnfinished(_ byteCount: Int) {
        guard byteCount != self.unfinishedBytes else { return }
        let growth = byteCount - self.unfinishedBytes
        self.unfinishedBytes = byteCount
        self.shard.unfinishedChanged(by: growth)
    }

    // MARK: Interest

    /// Polls for what it can do something with.
    func updateInterest() {
        guard self.descriptor >= 0, !self.isClosing else { return }
        var interest: PollEvents = []
        if self.mayRead { interest.insert(.readable) }
        if self.isWaitingToWrite { interest.insert(.writable) }
        // The end of a peer is to be noticed while nobody reads, and reported once.
        if interest.isEmpty, !self.isHungUp { interest = .errorOrHangUp }
        do throws(SystemError) {
            try self.loop.setInterest(interest, of: self)
        } catch {
            // Without what the turn has for it: it may be just being sent that.
            if self.connection.isOpen { return self.shard.fail(self.connection, CloseReason(errorCode: error.code)) }
            self.connection.closeTransport()
        }
    }

    // MARK: GatedReader

    var isWaitingAtGate = false

    var hasBroadcast: Bool { self.connection.lastBroadcastTurn > 0 }

    func readingMayGoOn() { self.updateInterest() }

    // MARK: Writing

    /// The kernel took no more: it goes on when the socket is writable, or where the kernel had no memory, after a while.
    func outputWaits(isForMemory: Bool) {
        if isForMemory {
            guard self.retry == nil else { return }
            self.retry = self.loop.schedule(after: Shard.memoryRetryDelay) { [unowned self] in
                self.retry = nil
                self.writable()
            }
            guard self.isWaitingToWrite else { return }
            // The socket may be writable all the time.
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

    /// Lets the system forget what it holds for the peer as soon as the socket is closed, which is a reset then. It would
    /// keep that for minutes for a peer that does not read, and limits end where it is nobody's any more.
    private func discardUnsent() {
        guard self.descriptor >= 0 else { return }
        var abort = linger(l_onoff: 1, l_linger: 0)
        // Where it fails, the system keeps what it has for its own time.
        setsockopt(self.descriptor, SOL_SOCKET, SO_LINGER, &abort, socklen_t(MemoryLayout<linger>.size))
    }
}
