import NIOCore
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
        var bytes = ByteBuffer()
        var datagramCount = 0
    }

    /// Whom to tell that something has left.
    struct Room {
        var tickets: [WriterQueue] = []
        var isAwaited = false
    }

    var collecting = Collecting()
    /// A thread waits for room.
    var isAwaited = false
    var sink: (any DatagramSink)?
    private(set) var isClosed = false
    private(set) var hasEnded = false
    private(set) var isResetReported = false
    private var collected = Collected()
    private var collectedSince = NIODeadline.uptimeNanoseconds(0)
    /// Bytes since the connection opened: handed over by senders, given to the connection, taken by the kernel.
    private var handedBytes = 0
    private var flushedBytes = 0
    private var takenBytes = 0
    /// Datagrams of threaded writers, each with the count of handed bytes at its end.
    private var tickets = CircularBuffer<(end: Int, queue: WriterQueue)>()

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

    mutating func collect(_ payload: ByteBuffer, header: TCPHeader?) {
        if let header {
            self.collected.bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: header.size) { target in
                header.write(payloadBytes: payload.readableBytes, to: target)
                return header.size
            }
        }
        self.collected.bytes.writeImmutableBuffer(payload)
        self.collected.datagramCount += 1
    }

    /// As in Panda3D `connection.cxx` the interval counts from when something was last sent.
    func isCollectionDue(at now: NIODeadline) -> Bool {
        !self.collecting.isOn || self.collected.bytes.readableBytes >= Collecting.bytesMax
            || now - self.collectedSince >= TimeAmount(self.collecting.interval)
    }

    mutating func takeCollected(at now: NIODeadline) -> Collected {
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
        self.sink = nil
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
            self.tickets.removeFirst()
        }
        return room
    }
}
