import Glibc
import NIOConcurrencyHelpers
import NIOCore
import Synchronization

/// One rendezvous socket over TCP: accepts clients as far as there are places for them, and lets the others wait with the
/// system. Should the system close it, it is opened again.
// @unchecked: what is not constant belongs to `eventLoop` and is touched only there.
final class RendezvousSocket: @unchecked Sendable {
    /// Connections that one turn of the event loop accepts; NIO's own default of 4 makes a crowd wait.
    static let acceptsPerTurnMax: UInt = 64

    // MARK: Constant, any thread

    let listener: ConnectionListener
    /// Of its own event loop, where no connection of it need be.
    private let shard: Shard
    /// Where its connections live.
    let group: any EventLoopGroup
    let reserve: DescriptorReserve
    private let inherited: InheritedDescriptor?
    /// Whether a look at the places is on its way: one is enough, however many of them change.
    let isAskedForPlaces = Atomic<Bool>(false)

    // MARK: Event loop only

    /// nil before it is open, while it is being opened again, and after its end.
    private(set) var context: ChannelHandlerContext?
    /// There from the moment when it is open first.
    private(set) var address: NetAddress?
    private(set) var isClosed = false
    private var pauses: AcceptPauses
    /// Accepted while the last place was taken by somebody else; they wait as if they had not been.
    var waiting: [any Channel] = []
    /// A copy of its own socket, which NIO does not close after an error: the clients that wait there stay.
    private var ownCopy: InheritedDescriptor?
    var resumption: Scheduled<Void>?
    /// Whether the loss of the channel was reported with its reason.
    var isLossReported = false

    init(
        _ listener: ConnectionListener,
        inherited: InheritedDescriptor?,
        isHeld: Bool,
        reserve: DescriptorReserve,
        shard: Shard,
        group: any EventLoopGroup
    ) {
        self.listener = listener
        self.inherited = inherited
        self.pauses = isHeld ? .held : []
        self.reserve = reserve
        self.shard = shard
        self.group = group
    }

    var eventLoop: any EventLoop { self.shard.eventLoop }
    var pipe: LoopPipe { self.shard.pipe }
    var admission: Admission { self.listener.registry.admission }

    /// Opens it for the first time.
    ///
    /// - Parameter isSharing: see `BoundSocket.open`.
    /// - Returns: the open socket, or a failure that is a `RendezvousError`.
    func open(isSharing: Bool = false) -> EventLoopFuture<BoundRendezvous> {
        self.pipe.flatSubmit {
            // Without descriptors opening it fails too, and tells why.
            _ = self.reserve.refill()
            let binding = RendezvousBinding(socket: self)
            let port = self.listener.rendezvous.port
            let opened = self.inherited.map(binding.take) ?? binding.bind(port: port, isSharing: isSharing)
            return opened.flatMapThrowing { try self.opened() }.flatMapErrorThrowing { error in
                _ = self.close()
                throw RendezvousError(rendezvous: self.listener.rendezvous, cause: error)
            }
        }
    }

    private func opened() throws -> BoundRendezvous {
        guard let address = self.address else { preconditionFailure("a rendezvous socket without an address") }
        if self.inherited == nil, let descriptor {
            self.ownCopy = InheritedDescriptor(descriptor: try InheritedDescriptor(descriptor: descriptor).copy())
        }
        self.admission.add(self)
        self.updatePlaces()
        return BoundRendezvous(rendezvous: self.listener.rendezvous, address: address, socket: .tcp(self))
    }

    /// Takes no more clients, and turns those away that wait.
    ///
    /// - Returns: when the port is free.
    func close() -> EventLoopFuture<Void> {
        self.pipe.flatSubmit {
            self.end()
            // Closed already is closed too.
            return self.context?.channel.close().recover { _ in } ?? self.eventLoop.makeSucceededVoidFuture()
        }
    }

    private func end() {
        self.isClosed = true
        self.resumption?.cancel()
        self.admission.remove(self)
        self.listener.registry.listenerEnded(self.listener.number)
        self.closeWaiting()
        if let ownCopy { Glibc.close(ownCopy.descriptor) }
        self.ownCopy = nil
    }

    func closeWaiting() {
        for child in self.waiting { child.close(promise: nil) }
        self.waiting = []
    }
}

// MARK: - Its channel, event loop only

extension RendezvousSocket {
    /// - Returns: false when it can't be used and has to be closed again.
    func channelOpened(_ context: ChannelHandlerContext) -> Bool {
        guard !self.isClosed, let address = context.channel.localAddress.flatMap({ NetAddress($0) }) else {
            return false
        }
        self.context = context
        self.address = address
        self.isLossReported = false
        self.setAutoRead()
        return true
    }

    func channelClosed() {
        guard self.context != nil else { return }
        self.context = nil
        if !self.isClosed { self.lost() }
    }

    /// The socket to go on with, should the system close the channel; nil where only a new one will do.
    var kept: InheritedDescriptor? { self.inherited ?? self.ownCopy }

    /// nil while it has no channel.
    var descriptor: CInt? { self.context?.channel.descriptor }

    /// Puts the rendezvous's backlog in force.
    ///
    /// - Returns: false when the system refuses it.
    @discardableResult
    func useBacklog() -> Bool {
        guard let descriptor else { return false }
        return listen(descriptor, CInt(self.listener.rendezvous.backlog)) == 0
    }

    /// The backlog that the system keeps, which may be less than the rendezvous's; nil while the socket is not open.
    var backlogInForce: Int? {
        guard let descriptor = self.context?.channel.descriptor else { return nil }
        var info = tcp_info()
        var size = socklen_t(MemoryLayout<tcp_info>.size)
        guard getsockopt(descriptor, CInt(IPPROTO_TCP), TCP_INFO, &info, &size) == 0 else { return nil }
        // Linux `tcp_get_info`: of a socket that listens, this is the longest that its queue may be.
        return Int(info.tcpi_sacked)
    }

    var isAccepting: Bool { self.pauses.isEmpty }

    /// Begins or ends a reason to accept nobody.
    func pause(_ reason: AcceptPauses, _ isOn: Bool) {
        guard self.pauses.contains(reason) != isOn else { return }
        if isOn { self.pauses.insert(reason) } else { self.pauses.remove(reason) }
        self.setAutoRead()
    }

    /// Withholding reads alone would not do: one that is pending already stays so after a failed accept, and epoll reports
    /// the same client without end. Switching automatic reads off is what unregisters the socket.
    private func setAutoRead() {
        // It fails on a closed channel only, which reads nothing anyway.
        try? self.context?.channel.syncOptions?.setOption(.autoRead, value: self.pauses.isEmpty)
    }
}
