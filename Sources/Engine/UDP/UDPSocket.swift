import CLinux
import Glibc
import Wire

/// The settings of a new UDP socket.
struct UDPSettings: Sendable {
    /// A literal address; nil means every interface, IPv6 and IPv4.
    var host: String?
    /// Whether nil and `::` exclude IPv4.
    var isIPv6Only = false
    /// 0 lets the system choose a free port.
    var port: Int
    /// Whether the socket may send to broadcast addresses (SO_BROADCAST).
    var isForBroadcast = false
    /// Whether datagrams have no header.
    var isRaw = false
    /// The longest accepted payload, in bytes; at most `UDPHeader.payloadBytesMax`.
    var payloadBytesMax = UDPHeader.payloadBytesMax
    /// The requested size of the kernel's receive buffer, in bytes; 0 keeps the system's default.
    var receiveBufferBytes = 0
    /// Whether the socket stores the address of this machine to which each peer has sent, for `UDPSocket.send(_:to:)`.
    var keepsLocalAddresses = false
    /// A socket to use instead of `host` and `port`, also after a loss.
    var inherited: InheritedDescriptor?
}

/// Receives the datagrams and events of a UDP socket. Called on the socket's event loop.
protocol UDPReceiver: AnyObject {
    /// Whether the receiver takes a datagram now. If not, the socket is not read until `UDPSocket.resumeReading`.
    func admitsDatagram() -> Bool
    /// - Parameters:
    ///   - record: a record of `Framing.udp`; its memory is valid until the next read. For a raw socket, the first
    ///     `Framing.udpWireOffset` bytes may have any content, and the payload follows them.
    ///   - local: the source address for the answer; nil lets the system choose.
    func datagramReceived(_ record: UnsafeRawBufferPointer, from source: SocketAddress, to local: LocalAddress?)
    /// The system closed the socket. It will be reopened soon.
    func socketLost()
    func socketReopened()
    /// The socket was closed for good.
    func socketEnded()
}

/// A UDP socket: Panda3D's `openUDPConnection` (`connectionManager.cxx`).
///
/// No received datagram and no failed send closes the socket. If the system closes it, the socket is bound to the same
/// port again. Datagrams that cannot be sent at once are dropped and counted, since UDP guarantees no delivery.
// @unchecked: the variables belong to `shard.loop` and are accessed only there, except those with locks.
public final class UDPSocket: DatagramSocket, @unchecked Sendable {
    /// The delay before the socket is bound again, after its loss and after each failed attempt.
    static let reopeningDelay = Duration.milliseconds(100)
    /// The pause in reading after the system has run out of memory.
    static let memoryRetryDelay = Duration.milliseconds(100)

    // MARK: Constant, any thread

    let shard: Shard
    let settings: UDPSettings
    private let ports: UDPPortCensus
    private let endpoint: UDPEndpoint
    private let tally = UDPTally()

    // MARK: With a lock, any thread

    private let localAddresses = Locked(RecentLocalAddresses())
    private let boundAddress = Locked<SocketAddress?>(nil)

    // MARK: Event loop only

    /// The longest accepted payload, in bytes; at most `UDPHeader.payloadBytesMax`.
    var payloadBytesMax: Int
    /// nil until a connection of a listener sends a datagram.
    private var usedOutput: UDPOutput?
    /// nil before the socket opens, while it reopens, and after its end.
    private var source: Source?
    private var receiver: (any UDPReceiver)?
    /// nil before the socket opens.
    private var input: UDPInput?
    /// Whether the socket is not read until `resumeReading`.
    private var isPaused = false
    private var isClosed = false
    /// Answers to set when the port is free.
    private var closing: [Answer<Void>] = []
    private var reopening: Timer?
    /// The requested size of the kernel's receive buffer; 0 means `systemReceiveBufferBytes`.
    private var receiveBufferBytes: Int
    /// The size of the receive buffer before the first request; nil before the socket opens.
    private var systemReceiveBufferBytes: Int?

    /// - Parameter ports: counts the socket's port while the socket exists.
    init(
        settings: UDPSettings,
        shard: Shard,
        ports: UDPPortCensus,
        endpoint: UDPEndpoint = UDPEndpoint()
    ) {
        self.ports = ports
        self.settings = settings
        self.endpoint = endpoint
        self.receiveBufferBytes = settings.receiveBufferBytes
        self.payloadBytesMax = settings.payloadBytesMax
        self.shard = shard
    }

    /// The bound address. If port 0 was requested, the system chose the port. Any thread.
    public var address: NetAddress {
        guard let address = self.boundAddress.withLock({ $0 }) else {
            preconditionFailure("a UDP socket that was handed out before it was open")
        }
        return NetAddress(address)
    }

    /// The datagrams refused, lost and not sent so far. Any thread.
    public var counts: UDPCounts {
        var counts = self.tally.counts
        counts.kernelDrops = self.endpoint.kernelDrops
        return counts
    }

    func count(_ kind: UDPTally.Kind) { self.tally.count(kind) }

    /// Closes the socket. It receives no datagrams afterwards. Any thread.
    ///
    /// - Returns: an answer that is set when the port is free.
    public func close() -> Answer<Void> {
        self.shard.loop.ask { answer in
            let isFirst = !self.isClosed
            self.isClosed = true
            if let source = self.source {
                self.closing.append(answer)
                if isFirst { self.closeAtEndOfTurn(source) }
            } else {
                if isFirst { self.ended() }
                answer.succeed(())
            }
        }
    }
}

// MARK: - Single datagrams, any thread

extension UDPSocket {
    /// Sends one datagram. Any thread; it never blocks.
    ///
    /// A socket on every interface sends from the address of this machine to which the peer sent last. The method does
    /// not send datagrams with more than `UDPHeader.payloadBytesMax` bytes. On a raw socket it does not send empty
    /// datagrams either, because Panda3D may take an empty datagram for the end of the socket.
    ///
    /// - Returns: whether the kernel took the datagram.
    @discardableResult
    public func send(_ datagram: Datagram, to address: NetAddress) -> Bool {
        guard datagram.byteCount <= UDPHeader.payloadBytesMax, !(self.settings.isRaw && datagram.byteCount == 0),
            let address = self.socketAddress(address)
        else { return false }
        let local = self.settings.keepsLocalAddresses ? self.localAddresses.withLock { $0[address] } : nil
        return datagram.withUnsafeBytes { self.send(payload: $0, to: address, from: local) }
    }

    private func send(payload: UnsafeRawBufferPointer, to address: SocketAddress, from local: LocalAddress?) -> Bool {
        let isRaw = self.settings.isRaw
        var error = self.endpoint.send(payload, isRaw: isRaw, to: address, from: local)
        if local != nil, LocalAddress.isRefused(error) {
            error = self.endpoint.send(payload, isRaw: isRaw, to: address)
        }
        if error != 0 { self.count(.unsent) }
        return error == 0
    }

    /// The address in the form of this socket; nil if `address` is not a literal address.
    private func socketAddress(_ address: NetAddress) -> SocketAddress? {
        guard let ip = address.ipAddress, (0...Int(UInt16.max)).contains(address.port) else { return nil }
        let scope = address.interface.map { if_nametoindex($0) } ?? 0
        let socketAddress = SocketAddress(ip, port: address.port, scope: scope)
        let isIPv6 = self.boundAddress.withLock { $0?.isIPv6 == true }
        return isIPv6 ? socketAddress.forIPv6Socket : socketAddress
    }
}

// MARK: - Descriptor, event loop only

extension UDPSocket {
    /// The event source of the descriptor.
    private final class Source: EventSource {
        private unowned let socket: UDPSocket

        init(_ descriptor: CInt, _ socket: UDPSocket) {
            self.socket = socket
            super.init(descriptor: descriptor, loop: socket.shard.loop)
        }

        override func ready(_ events: PollEvents) { self.socket.ready(events) }

        override func tearDown() {
            self.closeDescriptor()
            self.socket.tornDown(self)
        }
    }

    /// nil before the socket opens, while it reopens, and after its end.
    var descriptor: CInt? { self.source?.descriptor }

    /// Binds the socket for the first time.
    ///
    /// - Parameters:
    ///   - receiver: retained until the end of the socket.
    ///   - isSharing: see `BoundSocket.open`.
    func open(_ receiver: any UDPReceiver, isSharing: Bool = false) throws(SystemError) {
        guard !self.isClosed else { throw SystemError(code: EBADF, call: "bind") }
        self.receiver = receiver
        do throws(SystemError) {
            try self.bind(port: self.settings.port, isSharing: isSharing)
            self.ports.opened(self.address.port)
            self.shard.udpSockets.append(self)
        } catch {
            (self.isClosed, self.receiver) = (true, nil)
            throw error
        }
    }

    private func bind(port: Int, isSharing: Bool = false) throws(SystemError) {
        let source = Source(try self.newDescriptor(port: port, isSharing), self)
        do throws(SystemError) {
            try self.configure(source.descriptor)
            if !self.isPaused { try self.shard.loop.setInterest(.readable, of: source) }
        } catch {
            source.closeDescriptor()
            throw error
        }
        self.source = source
        self.endpoint.open(source.descriptor, isInherited: self.settings.inherited != nil)
        self.systemReceiveBufferBytes = self.systemReceiveBufferBytes ?? self.endpoint.receiveBufferBytes
        if self.receiveBufferBytes > 0 { self.endpoint.setReceiveBuffer(bytes: self.receiveBufferBytes) }
    }

    private func newDescriptor(port: Int, _ isSharing: Bool) throws(SystemError) -> CInt {
        if let inherited = self.settings.inherited { return try inherited.copy() }
        guard let address = ListenAddress(self.settings.host, isIPv6Only: self.settings.isIPv6Only) else {
            throw SystemError(code: EINVAL, call: "bind")
        }
        return try BoundSocket.open(.datagram, address, port: port, isSharing: isSharing)
    }

    private func configure(_ descriptor: CInt) throws(SystemError) {
        guard let bound = SocketAddress(of: descriptor, getsockname) else {
            throw SystemError(code: EAFNOSUPPORT, call: "getsockname")
        }
        if self.settings.isForBroadcast {
            var isOn: CInt = 1
            let size = socklen_t(MemoryLayout<CInt>.size)
            try SystemError.check(setsockopt(descriptor, SOL_SOCKET, SO_BROADCAST, &isOn, size), "setsockopt")
        }
        // A socket with a single address sends from it anyway.
        let isWildcard = bound.ip.isWildcard
        if isWildcard { try LocalAddress.ask(descriptor, isIPv6: bound.isIPv6) }
        self.input = self.input ?? UDPInput(hasLocalAddresses: isWildcard)
        self.boundAddress.withLock { $0 = bound }
    }

    /// Requests a receive buffer of this size from the kernel; 0 restores the system's default.
    func useReceiveBuffer(bytes: Int) {
        guard bytes != self.receiveBufferBytes else { return }
        self.receiveBufferBytes = bytes
        let wanted = bytes > 0 ? bytes : self.systemReceiveBufferBytes
        if let wanted { self.endpoint.setReceiveBuffer(bytes: wanted) }
    }

    private func closeAtEndOfTurn(_ source: Source) {
        self.flushOutput()
        self.endpoint.close()
        self.shard.loop.closeAtEndOfTurn(source)
    }

    /// Reopens the socket after the system has closed it.
    func lost() {
        guard let source, !self.isClosed else { return }
        self.closeAtEndOfTurn(source)
        self.source = nil
        self.receiver?.socketLost()
        self.reopen()
    }

    private func reopen() {
        self.reopening = self.shard.loop.schedule(after: Self.reopeningDelay) { [weak self] in
            guard let self, !self.isClosed else { return }
            do throws(SystemError) {
                try self.bind(port: self.address.port)
                self.count(.reopened)
                self.receiver?.socketReopened()
            } catch {
                self.reopen()
            }
        }
    }

    private func tornDown(_ source: Source) {
        guard self.source === source else { return }
        self.source = nil
        self.ended()
    }

    private func ended() {
        self.shard.loop.cancel(self.reopening)
        if self.boundAddress.withLock({ $0 != nil }) {
            self.ports.ended(self.address.port)
            self.shard.udpSocketEnded(self)
        }
        self.receiver?.socketEnded()
        self.receiver = nil
        let closing = self.closing
        self.closing = []
        for answer in closing { answer.succeed(()) }
    }
}

// MARK: - Datagrams, event loop only

extension UDPSocket {
    /// The datagrams that the connections of a listener send in this turn.
    var output: UDPOutput {
        if let usedOutput { return usedOutput }
        let output = UDPOutput()
        self.usedOutput = output
        return output
    }

    /// Sends the datagrams in `output`.
    func flushOutput() {
        guard let output = self.usedOutput, !output.isEmpty else { return }
        let unsent = output.flush(self.source?.descriptor ?? -1, self.shard.loop.system)
        if unsent > 0 { self.tally.count(.unsent, unsent) }
    }

    private func ready(_ events: PollEvents) {
        guard let source else { return }
        // A hang-up means that the UDP socket was shut down.
        if events.contains(.hangUp) { return self.lost() }
        if events.contains(.error) { Self.takeError(source.descriptor) }
        guard events.contains(.readable) else { return }
        if self.input?.isEmpty == true { self.read(source.descriptor) }
        self.handOn()
    }

    /// Discards the error of an earlier sent datagram. For example, the destination port had no socket.
    private static func takeError(_ descriptor: CInt) {
        var error: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
    }

    private func read(_ descriptor: CInt) {
        guard self.admitsDatagram() else { return self.pauseReading() }
        guard let result = self.input?.receive(descriptor, self.shard.loop.system), result < 0 else { return }
        switch CInt(-result) {
        case EBADF, ENOTSOCK: self.lost()
        case ENOMEM, ENOBUFS: self.waitForMemory()
        // No datagram was available, or the call returned the error of an earlier sent datagram.
        default: return
        }
    }

    private func waitForMemory() {
        self.pauseReading()
        self.shard.loop.schedule(after: Self.memoryRetryDelay) { [weak self] in self?.goOn() }
    }

    private func admitsDatagram() -> Bool { self.receiver?.admitsDatagram() ?? true }

    /// Passes the read datagrams on until the receiver takes no more.
    private func handOn() {
        guard let input else { return }
        while !input.isEmpty {
            guard self.admitsDatagram() else { return self.pauseReading() }
            guard let datagram = input.takeFirst() else { return }
            self.received(datagram)
        }
    }

    private func received(_ datagram: UDPInput.Datagram) {
        guard let receiver, self.isTaken(datagram.record) else { return }
        guard let source = datagram.source else { return self.count(.unanswerable) }
        if self.settings.keepsLocalAddresses, self.input?.hasLocalAddresses == true {
            self.localAddresses.withLock { $0.heard(source, at: datagram.local) }
        }
        receiver.datagramReceived(UnsafeRawBufferPointer(datagram.record), from: source, to: datagram.local)
    }

    /// Completes the record of a valid datagram and counts an invalid one.
    private func isTaken(_ record: UnsafeMutableRawBufferPointer) -> Bool {
        let receivedBytes = record.count - Framing.udpWireOffset
        if self.settings.isRaw, receivedBytes > 0 {
            if receivedBytes > self.payloadBytesMax { self.count(.oversized) }
            return receivedBytes <= self.payloadBytesMax
        }
        do throws(UDPHeader.Fault) {
            try Framing.completeUDP(record: record, payloadBytesMax: self.payloadBytesMax)
            return true
        } catch {
            switch error {
            case .runt: self.count(.runt)
            case .oversized: self.count(.oversized)
            case .checksum: self.count(.checksumFailure)
            }
            return false
        }
    }

    private func pauseReading() {
        self.isPaused = true
        if let source { self.shard.loop.stopPolling(source) }
    }

    /// Resumes reading after the receiver was full. Any thread.
    package func resumeReading() {
        self.shard.loop.post { self.goOn() }
    }

    private func goOn() {
        guard self.isPaused, !self.isClosed else { return }
        self.isPaused = false
        self.handOn()
        guard !self.isPaused, let source else { return }
        do throws(SystemError) {
            try self.shard.loop.setInterest(.readable, of: source)
        } catch {
            self.lost()
        }
    }
}

extension PollEvents {
    fileprivate static let error = PollEvents(rawValue: EPOLLERR.rawValue)
    fileprivate static let hangUp = PollEvents(rawValue: EPOLLHUP.rawValue)
}
