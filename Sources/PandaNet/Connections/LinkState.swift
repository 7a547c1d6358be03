import Engine
import Wire

/// The counts and flags of a `ConnectionLink`, without its lock.
struct LinkState {
    /// Panda3D's collect-tcp: datagrams are kept back and sent together.
    struct Collecting {
        /// What is collected is handed over from here on, whatever the interval.
        static let bytesMax = 32 * 1024

        var isOn = false
        var interval = Duration.milliseconds(200)
    }

    /// Framed datagrams to be handed over together.
    struct Collected {
        var bytes: [UInt8] = []
        var datagramCount = 0
    }

    /// The senders to wake, since bytes have left.
    struct Room {
        var tickets: [WriterQueue] = []
        var isAwaited = false
    }

    var collecting = Collecting()
    /// A thread waits for room.
    var isAwaited = false
    var reader: ReaderQueue?
    private(set) var isClosed = false
    /// Its peer has gone, or the connection has ended: nothing can be sent.
    private(set) var hasEnded = false
    private(set) var isResetReported = false
    private var collected = Collected()
    private var collectedSince = Instant(nanoseconds: 0)
    /// Bytes since the connection opened: handed over by senders, given to the connection, taken by the kernel.
    private var handedBytes = 0
    private var flushedBytes = 0
    private var takenBytes = 0
    /// Datagrams of threaded writers, each with the count of handed bytes at its end.
    private var tickets = Queue<(end: Int, queue: WriterQueue)>()

    var isOpen: Bool { !self.isClosed && !self.hasEnded }

    /// Bytes that the kernel has not taken.
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

    /// As in Panda3D `connection.cxx` the interval counts from when something was last sent.
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
