import Glibc
import NIOConcurrencyHelpers
import NIOCore
import Wire

/// One UDP socket: Panda3D's `openUDPConnection` (`connectionManager.cxx`).
///
/// No datagram ends it, whatever its source or fate. Should the system close it all the same, it is bound again to the same
/// port. UDP owes nothing: what can't be sent at once is dropped and counted.
// @unchecked: what is not constant belongs to `shard.eventLoop` and is touched only there; the others have locks.
public final class UDPSocket: @unchecked Sendable {
    /// How long after its loss, and after each attempt that failed, it is bound again.
    static let reopeningDelay = TimeAmount.milliseconds(100)

    // MARK: Constant, any thread

    let shard: Shard
    let settings: UDPSettings
    private let ports: UDPPortCensus

    // MARK: With a lock, any thread

    private let endpoint: UDPEndpoint
    private let drops = NIOLockedValueBox(KernelDrops())
    private let localAddresses = NIOLockedValueBox(RecentLocalAddresses())
    private let tally = NIOLockedValueBox(UDPCounts())
    private let boundAddress = NIOLockedValueBox<SocketAddress?>(nil)

    // MARK: Event loop only

    /// The longest payload that is taken, in bytes, `UDPHeader.payloadBytesMax` at most.
    var payloadBytesMax: Int
    /// nil before it is open, while it is being opened again, and after its end.
    private(set) var channel: (any Channel)?
    private var receiver: (any UDPReceiver)?
    private var isClosed = false
    /// What the kernel is asked to hold; 0 is `systemReceiveBufferBytes`.
    private var receiveBufferBytes: Int
    /// What the kernel held before it was asked; nil before the socket is open.
    private var systemReceiveBufferBytes: Int?

    /// - Parameter ports: where its port is noted while it is there.
    init(
        settings: UDPSettings,
        shard: Shard,
        ports: UDPPortCensus,
        receiver: any UDPReceiver,
        endpoint: UDPEndpoint = UDPEndpoint()
    ) {
        self.ports = ports
        self.settings = settings
        self.endpoint = endpoint
        self.receiveBufferBytes = settings.receiveBufferBytes
        self.payloadBytesMax = settings.payloadBytesMax
        self.shard = shard
        self.receiver = receiver
    }

    /// Where it really is: with the port that the system chose when none was asked for.
    public var address: NetAddress {
        guard let address = self.boundAddress.withLockedValue({ $0.flatMap { NetAddress($0) } }) else {
            preconditionFailure("a UDP socket that was handed out before it was open")
        }
        return address
    }

    /// What it has refused, lost and not sent so far. Any thread.
    public var counts: UDPCounts {
        var counts = self.tally.withLockedValue { $0 }
        counts.kernelDrops = self.readDrops()
        return counts
    }

    private func readDrops() -> UInt64 {
        self.drops.withLockedValue { drops in
            if let reading = self.endpoint.kernelDrops { drops.read(reading) }
            return drops.total
        }
    }

    func count(_ kind: WritableKeyPath<UDPCounts, UInt64>) {
        self.tally.withLockedValue { $0[keyPath: kind] += 1 }
    }

    /// Ends it; nothing is received any more. Any thread.
    public func close() -> EventLoopFuture<Void> {
        self.shard.pipe.flatSubmit {
            let isFirst = !self.isClosed
            self.isClosed = true
            // Closed already is closed too.
            if let channel = self.channel { return channel.close().recover { _ in } }
            if isFirst { self.ended() }
            return self.shard.eventLoop.makeSucceededVoidFuture()
        }
    }
}

// MARK: - Sending

extension UDPSocket {
    /// Sends one datagram. Any thread; it never waits.
    ///
    /// A socket at every interface sends from the address of this machine that the peer has sent to last.
    ///
    /// - Returns: whether the kernel has taken it. Never one of more than `UDPHeader.payloadBytesMax`; nor, when raw, an
    ///   empty one, which Panda3D may take for the end of the socket.
    @discardableResult
    public func send(_ datagram: Datagram, to address: NetAddress) -> Bool {
        guard let address = self.socketAddress(address) else { return false }
        let local = self.settings.keepsLocalAddresses ? self.localAddresses.withLockedValue { $0[address] } : nil
        return datagram.bytes.withUnsafeBytes { self.send(payload: $0, to: address, from: local) }
    }

    /// - Parameter local: the address that it leaves from; nil where the system chooses.
    func send(payload: UnsafeRawBufferPointer, to address: SocketAddress, from local: LocalAddress? = nil) -> Bool {
        guard payload.count <= UDPHeader.payloadBytesMax, !(self.settings.isRaw && payload.isEmpty) else {
            return false
        }
        var error = self.endpoint.send(payload, isRaw: self.settings.isRaw, to: address, from: local)
        if local != nil, Self.refusesSource(error) {
            // The broadcast address of a network, or an address that this machine has lost: the system chooses.
            error = self.endpoint.send(payload, isRaw: self.settings.isRaw, to: address)
        }
        if error != 0 { self.count(\.unsent) }
        return error == 0
    }

    private static func refusesSource(_ error: CInt) -> Bool {
        error == EINVAL || error == ENETUNREACH || error == EADDRNOTAVAIL
    }

    /// An IPv4 address as this socket knows it; nil when `address` is no literal one.
    private func socketAddress(_ address: NetAddress) -> SocketAddress? {
        if let interface = address.interface {
            return address.ipAddress?.socketAddress(port: address.port, scope: if_nametoindex(interface))
        }
        let isIPv6 = self.boundAddress.withLockedValue { $0?.protocol == .inet6 }
        let host = isIPv6 && !address.host.contains(":") ? "::ffff:\(address.host)" : address.host
        return try? SocketAddress(ipAddress: host, port: address.port)
    }
}

// MARK: - Its channel, event loop only

extension UDPSocket {
    /// Binds it for the first time.
    ///
    /// - Parameter isSharing: see `BoundSocket.open`.
    func open(isSharing: Bool = false) -> EventLoopFuture<Void> {
        UDPBinding(socket: self).bind(port: self.settings.port, isSharing: isSharing)
    }

    /// - Returns: false when it can't be used and has to be closed again.
    func channelOpened(_ channel: any Channel) -> Bool {
        guard !self.isClosed, let descriptor = channel.descriptor, self.openEndpoint(descriptor) else { return false }
        self.channel = channel
        let isFirst = self.boundAddress.withLockedValue { bound in
            defer { bound = channel.localAddress }
            return bound == nil
        }
        if isFirst { self.ports.opened(self.address.port) }
        self.systemReceiveBufferBytes = self.systemReceiveBufferBytes ?? self.endpoint.receiveBufferBytes
        if self.receiveBufferBytes > 0 { self.endpoint.setReceiveBuffer(bytes: self.receiveBufferBytes) }
        // A socket with one address answers from it anyway. Where the option fails, the system chooses.
        if channel.localAddress?.isWildcard == true {
            try? channel.syncOptions?.setOption(.receivePacketInfo, value: true)
        }
        if !self.shard.udpSockets.contains(where: { $0 === self }) { self.shard.udpSockets.append(self) }
        return true
    }

    /// The drops of a new socket count from its beginning; those of an inherited one from the first time that it is open here.
    /// One lock is held for both steps, so that no reading takes those of one socket for more of another's.
    private func openEndpoint(_ descriptor: CInt) -> Bool {
        let isFirst = !self.shard.udpSockets.contains { $0 === self }
        return self.drops.withLockedValue { drops in
            guard self.endpoint.open(descriptor) else { return false }
            if self.settings.inherited == nil {
                drops.opened(reading: 0)
            } else if isFirst {
                drops.opened(reading: self.endpoint.kernelDrops ?? 0)
            }
            return true
        }
    }

    /// Asks the kernel to hold so many bytes of datagrams that were not read yet; 0 leaves it to the system.
    func useReceiveBuffer(bytes: Int) {
        guard bytes != self.receiveBufferBytes else { return }
        self.receiveBufferBytes = bytes
        let wanted = bytes > 0 ? bytes : self.systemReceiveBufferBytes
        if let wanted { self.endpoint.setReceiveBuffer(bytes: wanted) }
    }

    func channelClosed() {
        _ = self.readDrops()
        self.endpoint.close()
        guard self.channel != nil else { return }
        self.channel = nil
        if self.isClosed {
            self.ended()
        } else {
            self.receiver?.socketLost()
            self.reopen()
        }
    }

    private func ended() {
        if self.boundAddress.withLockedValue({ $0 != nil }) { self.ports.ended(self.address.port) }
        self.shard.udpSocketEnded(self)
        self.receiver?.socketEnded()
        self.receiver = nil
    }

    /// - Parameter info: of a socket at every interface: where the datagram was sent to.
    func bytesReceived(_ bytes: UnsafeRawBufferPointer, from source: SocketAddress, _ info: NIOPacketInfo? = nil) {
        guard let receiver, let payload = self.payload(of: bytes) else { return }
        let local = info.flatMap { LocalAddress($0) }
        if info != nil, self.settings.keepsLocalAddresses {
            self.localAddresses.withLockedValue { $0.heard(source, at: local) }
        }
        receiver.datagramReceived(payload, from: source, to: local)
    }

    private func payload(of bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let headerBytes = self.settings.isRaw ? 0 : UDPHeader.size
        guard bytes.count <= headerBytes + self.payloadBytesMax else {
            self.count(\.oversized)
            return nil
        }
        if self.settings.isRaw && !bytes.isEmpty { return bytes }
        do {
            return try UDPHeader.payload(of: bytes)
        } catch {
            self.count(error == .runt ? \.runts : \.checksumFailures)
            return nil
        }
    }

    private func reopen() {
        self.shard.eventLoop.assumeIsolated().scheduleTask(in: Self.reopeningDelay) {
            guard !self.isClosed else { return }
            UDPBinding(socket: self).bind(port: self.address.port).assumeIsolated().whenComplete { result in
                switch result {
                case .success:
                    self.count(\.reopened)
                    self.receiver?.socketReopened()
                case .failure:
                    self.reopen()
                }
            }
        }
    }
}

extension SocketAddress {
    /// Whether a socket that is bound to it is one at every interface.
    fileprivate var isWildcard: Bool { IPAddress(self)?.value == 0 }
}
