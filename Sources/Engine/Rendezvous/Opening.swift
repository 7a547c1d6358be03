import CLinux
import Glibc

/// The steps between accept and connection, such as a PROXY header or a TLS handshake.
///
/// It is a state machine without a socket. It ends with the address of the peer or with a refusal.
protocol Opening {
    /// Whether the socket's address is the peer's. If so, the opening counts for this address from its beginning.
    /// Behind a proxy this is false, and the opening finds the address.
    var isFromPeer: Bool { get }

    /// Processes bytes of the stream.
    ///
    /// - Parameter bytes: the bytes that the last call did not take, then the new ones.
    mutating func received(_ bytes: UnsafeRawBufferPointer) -> OpeningStep
}

/// The result of processing received bytes.
struct OpeningStep: Equatable {
    enum Outcome: Equatable {
        /// The opening needs more bytes.
        case needsMore
        /// The stream becomes a connection as soon as the reply has been sent. The bytes that were not taken are the
        /// first ones of the connection.
        ///
        /// - Parameter address: the peer's address; nil means the socket's address.
        case opened(SocketAddress?)
        case refused(RefusalReason)
    }

    /// The number of processed bytes, counted from the first.
    var takenBytes: Int
    /// Bytes to send to the peer.
    var reply: [UInt8] = []
    var outcome: Outcome
}

/// The streams of one event loop that are in their opening, in the order of their arrival. Event loop only.
final class OpeningTable {
    /// The streams by number; the lowest number is the oldest stream.
    private var sources: [UInt64: OpeningSource] = [:]
    private var lastNumber: UInt64 = 0
    /// No stream in the table has a lower number.
    private var lowestNumber: UInt64 = 1

    var count: Int { self.sources.count }

    fileprivate func add(_ source: OpeningSource) -> UInt64 {
        self.lastNumber += 1
        self.sources[self.lastNumber] = source
        return self.lastNumber
    }

    fileprivate func remove(_ number: UInt64) { self.sources[number] = nil }

    fileprivate var oldest: OpeningSource? {
        while self.lowestNumber <= self.lastNumber {
            if let source = self.sources[self.lowestNumber] { return source }
            self.lowestNumber += 1
        }
        return nil
    }

    /// Ends all openings at shutdown, without reporting a refusal.
    func endAll() {
        while let oldest { oldest.end(nil) }
    }
}

/// The opening tables of all event loops of a manager, shared by its listeners. Any thread.
// @unchecked: each table belongs to the event loop of its shard.
final class OpeningTables: @unchecked Sendable {
    private let tables: [OpeningTable]

    init(count: Int) {
        self.tables = (0..<count).map { _ in OpeningTable() }
    }

    subscript(shard: Shard) -> OpeningTable { self.tables[shard.index] }
}

/// Runs the openings of one listener's clients. Any thread.
struct Openings: Sendable {
    private let tables: OpeningTables
    private let make: @Sendable (SocketAddress) -> any Opening

    /// - Parameter make: creates the opening for a client from an address.
    init(tables: OpeningTables, make: @escaping @Sendable (SocketAddress) -> any Opening) {
        self.tables = tables
        self.make = make
    }

    /// Begins a client's opening on the event loop of `shard`. Any thread.
    func begin(_ client: AcceptedClient, of origin: ConnectionOrigin, on shard: Shard) {
        if shard.loop.isCurrent { return self.beginHere(client, of: origin, on: shard) }
        if !shard.loop.post({ self.beginHere(client, of: origin, on: shard) }) { Descriptor.close(client.descriptor) }
    }

    private func beginHere(_ client: AcceptedClient, of origin: ConnectionOrigin, on shard: Shard) {
        let opening = self.make(client.peer)
        OpeningSource(client, opening, of: origin, on: shard, in: self.tables[shard]).begin()
    }
}

/// A stream in its opening. It becomes a connection on the same event loop, with the same descriptor.
final class OpeningSource: EventSource {
    /// The largest number of bytes in one read.
    static let readBytesMax = 4096
    /// The largest number of bytes that may stay unprocessed between two reads.
    static let inputBytesMax = 16 * 1024

    private let client: AcceptedClient
    private let origin: ConnectionOrigin
    private let shard: Shard
    private let table: OpeningTable
    /// The address for which the opening counts.
    private let countedAddress: IPAddress?
    private var opening: any Opening
    private var number: UInt64 = 0
    private var timer: Timer?
    /// Received bytes that the opening has not taken.
    private var input = Bytes()
    /// Unsent bytes. The opening continues after they have been sent.
    private var output = Bytes()
    /// The peer's address, set when only the last reply remains to be sent.
    private var found: SocketAddress?

    fileprivate init(
        _ client: AcceptedClient,
        _ opening: any Opening,
        of origin: ConnectionOrigin,
        on shard: Shard,
        in table: OpeningTable
    ) {
        self.client = client
        self.origin = origin
        self.shard = shard
        self.table = table
        self.countedAddress = opening.isFromPeer ? client.peer.ip : nil
        self.opening = opening
        super.init(descriptor: client.descriptor, loop: shard.loop)
    }

    private var admission: Admission { self.origin.roster.admission }

    fileprivate func begin() {
        if let reason = self.admission.beginOpening(self.countedAddress, at: self.loop.now) {
            self.origin.refused(self.client.peer, reason)
            return self.closeDescriptor()
        }
        self.number = self.table.add(self)
        // Shards receive streams round-robin, so the oldest stream of this event loop is about the oldest of all.
        if self.admission.look({ $0.hasOpeningExcess }) { self.table.oldest?.end(.openingLimit) }
        guard !self.isClosing else { return }
        // The table retains this object until the opening ends, and the end cancels the timer.
        self.timer = self.loop.schedule(after: self.shard.limits.openingTimeout) { [unowned self] in
            self.end(.openingTimeout)
        }
        self.poll()
    }

    override func ready(_ events: PollEvents) {
        if self.output.isEmpty { self.receive() } else { self.flush() }
    }

    private func receive() {
        let count = withUnsafeTemporaryAllocation(byteCount: Self.readBytesMax, alignment: 1) { buffer in
            let count = self.loop.system.receive(self.descriptor, buffer)
            if count > 0 { self.input.append(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            return count
        }
        if count == -Int(EAGAIN) || count == -Int(EINTR) { return }
        guard count > 0 else { return self.end(.clientGone) }
        self.goOn()
    }

    private func goOn() {
        let step = self.opening.received(self.input.view)
        precondition((0...self.input.count).contains(step.takenBytes), "an opening that took more bytes than it got")
        self.input.removeFirst(step.takenBytes)
        step.reply.withUnsafeBytes { self.output.append($0) }
        switch step.outcome {
        case .refused(let reason):
            // The reply may state the reason. One attempt to send it is enough.
            _ = self.loop.system.send(self.descriptor, self.output.view)
            return self.end(reason)
        case .needsMore:
            guard self.input.count <= Self.inputBytesMax else { return self.end(.openingFailed) }
        case .opened(let address):
            self.found = address ?? self.client.peer
        }
        self.flush()
    }

    private func flush() {
        if !self.output.isEmpty {
            let count = self.loop.system.send(self.descriptor, self.output.view)
            guard count >= 0 || count == -Int(EAGAIN) || count == -Int(EINTR) else { return self.end(.clientGone) }
            self.output.removeFirst(max(0, count))
        }
        if self.output.isEmpty, let found { self.open(as: found) } else { self.poll() }
    }

    private func poll() {
        do throws(SystemError) {
            try self.loop.setInterest(self.output.isEmpty ? .readable : .writable, of: self)
        } catch {
            self.end(.openingFailed)
        }
    }

    private func open(as peer: SocketAddress) {
        guard let rendezvous = self.origin.rendezvous else { preconditionFailure("an opening without a rendezvous") }
        self.leave()
        if let reason = self.admission.finishOpening(self.countedAddress, as: peer.ip, at: self.loop.now) {
            return self.origin.refused(peer, reason)
        }
        let connection = self.shard.openStream(
            self.releaseDescriptor(),
            peer: peer,
            origin: self.origin,
            framing: rendezvous.framing
        )
        if !self.input.isEmpty { connection?.source?.bytesReceived(self.input.view) }
    }

    /// Ends the opening without a connection.
    ///
    /// - Parameter reason: nil at shutdown, when no refusal is reported.
    fileprivate func end(_ reason: RefusalReason?) {
        self.leave()
        self.admission.endOpening(self.countedAddress, reason)
        if let reason { self.origin.refused(self.client.peer, reason) }
    }

    private func leave() {
        // The event loop retains this object until the end of the turn. The removal below releases the last other
        // reference.
        self.loop.closeAtEndOfTurn(self)
        self.table.remove(self.number)
        self.loop.cancel(self.timer)
        self.timer = nil
    }
}
