import Engine
import Wire

/// The counts and flags of a `ConnectionLink`, without its lock.
struct LinkState {
    /// The settings of Panda3D's collect-tcp, which holds datagrams back and sends them together.
    struct Collecting {
        /// At this number of bytes the collected datagrams are handed over, even before the interval is over.
        static let bytesMax = 32 * 1024

        var isOn = false
        var interval = Duration.milliseconds(200)
    }

    /// Framed datagrams that are handed over together.
    struct Collected {
        var bytes: [UInt8] = []
        var datagramCount = 0
    }

    /// The tickets to release and the senders to wake after bytes have left.
    struct Room {
        var tickets: [WriterQueue] = []
        var isAwaited = false
    }

    var collecting = Collecting()
    /// Whether a thread waits for room.
    var isAwaited = false
    var reader: ReaderQueue?
    private(set) var isClosed = false
    /// Whether the peer has gone or the connection has ended. Sending is then impossible.
    private(set) var hasEnded = false
    private(set) var isResetReported = false
    private var collected = Collected()
    private var collectedSince = Instant(nanoseconds: 0)
    /// The bytes that senders have handed over since the connection opened.
    private var handedBytes = 0
    /// The bytes that have reached the connection's output since the connection opened.
    private var flushedBytes = 0
    /// The bytes that the kernel has taken since the connection opened.
    private var takenBytes = 0
    /// The datagrams of writers with threads. `end` is the value of `handedBytes` after the datagram.
    private var tickets = Queue<(end: Int, queue: WriterQueue)>()

    var isOpen: Bool { !self.isClosed && !self.hasEnded }

    /// The bytes that the kernel has not taken yet.
    var waitingBytes: Int { self.handedBytes - self.takenBytes }

    func hasRoom(for byteCount: Int, bytesMax: Int) -> Bool {
        self.waitingBytes == 0 || self.waitingBytes + byteCount <= bytesMax
    }

    mutating func handed(_ byteCount: Int, ticket: WriterQueue?) {
        self.handedBytes += byteCount
        if let ticket { self.tickets.append((self.handedBytes, ticket)) }
    }

    mutating func collect(_ datagram: Datagram, framing: Framing?) {
        let payloadBytes = datagram.byteCount
        if let framing {
            let start = self.collected.bytes.count
            self.collected.bytes.append(contentsOf: repeatElement(0, count: framing.size))
            self.collected.bytes.withUnsafeMutableBytes { bytes in
                let header = UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
                framing.writeHeader(payloadBytes: payloadBytes, to: header)
            }
        }
        datagram.withUnsafeBytes { self.collected.bytes.append(contentsOf: $0) }
        self.collected.datagramCount += 1
    }

    /// Whether the collected datagrams have to leave now. The interval begins at the last sending, as in Panda3D `connection.cxx`.
    func isCollectionDue(at now: Instant) -> Bool {
        !self.collecting.isOn || self.collected.bytes.count >= Collecting.bytesMax
            || now - self.collectedSince >= self.collecting.interval
    }

    mutating func takeCollected(at now: Instant) -> Collected {
        defer { self.collected = Collected() }
        self.collectedSince = now
        return self.collected
    }

    mutating func flushed(_ byteCount: Int, pendingBytes: Int) -> Room {
        self.flushedBytes += byteCount
        self.takenBytes = max(self.takenBytes, self.flushedBytes - pendingBytes)
        return self.room()
    }

    mutating func closed() -> Room {
        self.isClosed = true
        self.reader = nil
        return self.room()
    }

    mutating func ended() -> Room {
        self.hasEnded = true
        self.takenBytes = self.handedBytes
        self.collected = Collected()
        return self.room()
    }

    mutating func takeReset() -> Bool {
        guard self.hasEnded, !self.isClosed, !self.isResetReported else { return false }
        self.isResetReported = true
        return true
    }

    private mutating func room() -> Room {
        var room = Room(isAwaited: self.isAwaited)
        self.isAwaited = false
        while let first = self.tickets.first, first.end <= self.takenBytes {
            room.tickets.append(first.queue)
            self.tickets.popFirst()
        }
        return room
    }
}
