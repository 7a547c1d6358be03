import CLinux
import Glibc
import Synchronization

/// A TCP rendezvous on its event loop. It accepts clients while slots are free and otherwise lets them wait in the
/// backlog.
///
/// If its socket is lost, the listener reopens it.
// @unchecked: the variables belong to `loop` and are accessed only there.
final class Listener: @unchecked Sendable {
    // MARK: Constant, any thread

    /// `ConnectionOrigin.listenerNumber`.
    let number: Int
    let registry: ConnectionRegistry
    /// The listener's own event loop. Its connections may live on other event loops.
    let loop: EventLoop
    private let inherited: InheritedDescriptor?
    private let reserve: DescriptorReserve
    /// nil if an accepted socket becomes a connection at once.
    let openings: Openings?
    /// Whether an update of the slots is already posted. One update serves any number of changes.
    private let isAskedForPlaces = Atomic<Bool>(false)

    // MARK: Event loop only

    /// The origin of future clients.
    private(set) var origin: ConnectionOrigin
    /// The framing of future clients.
    private(set) var framing: Framing
    /// nil before the listener opens, while it reopens, and after its end.
    private(set) var socket: ListeningSocket?
    /// Set when the listener first opens.
    private(set) var address: NetAddress?
    private(set) var isClosed = false
    private var pauses: PauseReasons
    var batch = AcceptBatch()
    /// Clients that were accepted while another client took the last slot. They wait as if they were still in the
    /// backlog.
    var waiting: ArraySlice<AcceptedClient> = []
    /// The index of the shard for the next client.
    private var nextShard: Int
    /// A copy of the listener's own socket. It preserves the clients in the backlog when the socket is lost.
    private var ownCopy: InheritedDescriptor?
    private var resumption: Timer?
    private var reopeningDelay = ReopeningDelay()
    /// The number of the listener's sockets with an open descriptor.
    private var openSockets = 0
    private var closings: [Answer<Void>] = []

    /// - Parameters:
    ///   - isHeld: if true, the listener accepts clients only after `resume(.held)`.
    ///   - openings: runs the clients' openings; nil if clients have no opening.
    init(
        _ origin: ConnectionOrigin,
        registry: ConnectionRegistry,
        inherited: InheritedDescriptor?,
        isHeld: Bool,
        reserve: DescriptorReserve,
        shard: Shard,
        openings: Openings? = nil
    ) {
        self.origin = origin
        self.framing = origin.rendezvous?.framing ?? .two
        self.number = origin.listenerNumber
        self.registry = registry
        self.inherited = inherited
        self.pauses = isHeld ? .held : []
        self.reserve = reserve
        self.loop = shard.loop
        self.nextShard = shard.index
        self.openings = openings
    }

    var admission: Admission { self.registry.roster.admission }

    /// The rendezvous in its current form.
    var rendezvous: Rendezvous {
        guard let rendezvous = self.origin.rendezvous else { preconditionFailure("a listener without a rendezvous") }
        return rendezvous
    }

    /// Opens the listener for the first time. Any thread.
    ///
    /// - Parameter isSharing: see `BoundSocket.open`.
    /// - Returns: the bound address, or a failure that is a `RendezvousError`.
    func open(isSharing: Bool = false) -> Answer<NetAddress> {
        self.loop.submit {
            // The result is ignored: without descriptors, opening the socket fails too, and its error names the cause.
            _ = self.reserve.refill()
            do {
                try self.openSocket(isSharing)
                if self.inherited == nil, let socket = self.socket {
                    self.ownCopy = InheritedDescriptor(
                        descriptor: try InheritedDescriptor(descriptor: socket.descriptor).copy()
                    )
                }
                return self.opened()
            } catch {
                self.end()
                throw RendezvousError(rendezvous: self.rendezvous, cause: error)
            }
        }
    }

    private func opened() -> NetAddress {
        guard let address = self.address else { preconditionFailure("a listener without an address") }
        self.admission.add(self)
        self.updatePlaces()
        return address
    }

    /// Stops accepting and closes the sockets of waiting clients. Any thread.
    ///
    /// - Returns: an answer that is set when the port is free.
    func close() -> Answer<Void> { self.loop.ask { self.close($0) } }

    func close(_ answer: Answer<Void>) {
        self.closings.append(answer)
        self.end()
        self.answerIfClosed()
    }

    private func end() {
        guard !self.isClosed else { return }
        self.isClosed = true
        self.loop.cancel(self.resumption)
        self.resumption = nil
        self.admission.remove(self)
        self.registry.listenerEnded(self.number)
        self.closeWaiting()
        if let ownCopy { Descriptor.close(ownCopy.descriptor) }
        self.ownCopy = nil
        self.closeSocket()
    }

    /// Uses the name and framing of `rendezvous` for future clients, and its backlog from now on. Linux can change the
    /// backlog of a listening socket.
    func use(_ rendezvous: Rendezvous) {
        let isOtherBacklog = rendezvous.backlog != self.rendezvous.backlog
        self.origin = self.origin.serving(rendezvous)
        self.framing = rendezvous.framing
        if isOtherBacklog, let socket { _ = listen(socket.descriptor, CInt(clamping: rendezvous.backlog)) }
    }

    /// The backlog that the system applies; nil while the socket is not open.
    ///
    /// It may be smaller than the rendezvous's backlog.
    var backlogInForce: Int? {
        guard let socket else { return nil }
        var info = tcp_info()
        var size = socklen_t(MemoryLayout<tcp_info>.size)
        guard getsockopt(socket.descriptor, CInt(IPPROTO_TCP), TCP_INFO, &info, &size) == 0 else { return nil }
        // Linux `tcp_get_info`: for a listening socket, this field is the largest length of its queue.
        return Int(info.tcpi_sacked)
    }

    /// Returns the next shard, round-robin, so that all event loops get the same number of clients.
    func takeShard() -> Shard {
        defer { self.nextShard = (self.nextShard + 1) % self.registry.shards.count }
        return self.registry.shards[self.nextShard]
    }

    func closeWaiting() {
        for client in self.waiting { Descriptor.close(client.descriptor) }
        self.waiting = []
    }
}

// MARK: - Socket, event loop only

extension Listener {
    /// Opens a copy of the kept socket, whose backlog still holds clients. Without a kept socket, it opens a new one.
    fileprivate func openSocket(_ isSharing: Bool = false) throws(SystemError) {
        let descriptor = try self.openDescriptor(isSharing)
        do throws(SystemError) {
            try StreamOptions.useForListener(descriptor)
            try SystemError.check(listen(descriptor, CInt(clamping: self.rendezvous.backlog)), "listen")
            guard let address = SocketAddress(of: descriptor, getsockname) else {
                throw SystemError(code: EAFNOSUPPORT, call: "getsockname")
            }
            self.address = NetAddress(address)
        } catch {
            Descriptor.close(descriptor)
            throw error
        }
        self.socket = ListeningSocket(descriptor: descriptor, listener: self)
        self.openSockets += 1
        self.poll()
    }

    private func openDescriptor(_ isSharing: Bool) throws(SystemError) -> CInt {
        if let kept = self.inherited ?? self.ownCopy { return try kept.copy() }
        guard let address = self.rendezvous.listenAddress else { throw SystemError(code: EINVAL, call: "bind") }
        let port = self.address?.port ?? self.rendezvous.port
        return try BoundSocket.open(.stream, address, port: port, isSharing: isSharing)
    }

    private func closeSocket() {
        guard let socket else { return }
        self.socket = nil
        self.loop.closeAtEndOfTurn(socket)
    }

    /// The descriptor of one of the listener's sockets was closed.
    fileprivate func socketClosed() {
        self.openSockets -= 1
        self.answerIfClosed()
    }

    private func answerIfClosed() {
        guard self.isClosed, self.openSockets == 0 else { return }
        let closings = self.closings
        self.closings = []
        for answer in closings { answer.succeed(()) }
    }

    var isAccepting: Bool { self.pauses.isEmpty }

    /// Adds a reason to accept no clients.
    func pause(_ reason: PauseReasons) {
        guard self.pauses.insert(reason).inserted else { return }
        self.poll()
    }

    /// Removes a reason to accept no clients.
    func resume(_ reason: PauseReasons) {
        guard self.pauses.remove(reason) != nil else { return }
        self.poll()
    }

    /// Removes a paused socket from the poller, which would report it as readable again and again.
    private func poll() {
        guard let socket else { return }
        do {
            try self.loop.setInterest(self.isAccepting ? .readable : [], of: socket)
        } catch {
            self.acceptFailed(error.code)
        }
    }
}

// MARK: - Faults, event loop only

extension Listener {
    /// The pause after a failed accept. It is repeated until the descriptor reserve is complete.
    static let backOffTime = Duration.milliseconds(100)

    /// - Parameter code: the error number of accept(2).
    func acceptFailed(_ code: CInt) {
        for observer in self.origin.observers {
            observer.acceptFailed(rendezvous: self.rendezvous, errorCode: code, isFatal: false)
        }
        self.pause(.failing)
        self.reserve.release()
        self.resumeLater()
    }

    private func resumeLater() {
        self.loop.cancel(self.resumption)
        self.resumption = self.loop.schedule(after: Self.backOffTime) {
            guard self.reserve.refill() else { return self.resumeLater() }
            self.resume(.failing)
        }
    }

    /// Reopens the socket after the system has stopped accepting on it. Clients in the backlog are preserved.
    ///
    /// - Parameter code: the error number of accept(2); nil if the poller reported the loss.
    func lost(_ code: CInt?) {
        for observer in self.origin.observers {
            if let code {
                observer.acceptFailed(rendezvous: self.rendezvous, errorCode: code, isFatal: true)
            } else {
                observer.listenerLost(rendezvous: self.rendezvous)
            }
        }
        self.closeSocket()
        self.reopeningDelay = ReopeningDelay()
        self.reopenLater()
    }

    private func reopenLater() {
        self.loop.schedule(after: self.reopeningDelay.next()) {
            guard !self.isClosed else { return }
            do {
                try self.openSocket()
            } catch {
                return self.reopenLater()
            }
            self.registry.listenerReopened()
            for observer in self.origin.observers { observer.listenerReopened(rendezvous: self.rendezvous) }
            self.updatePlaces()
        }
    }
}

extension Listener: PortHolder {
    func sharePort(_ isOn: Bool) -> Answer<Void> {
        self.loop.submit { try? self.socket.map { try BoundSocket.setSharing($0.descriptor, isOn) } }
    }
}

extension Listener: PlaceWaiter {
    func placesChanged() {
        guard !self.isAskedForPlaces.exchange(true, ordering: .acquiringAndReleasing) else { return }
        self.loop.post {
            self.isAskedForPlaces.store(false, ordering: .releasing)
            if !self.isClosed { self.updatePlaces() }
        }
    }
}

/// The socket of a listener in the poller. A lost socket is replaced by a new one.
final class ListeningSocket: EventSource {
    private let listener: Listener

    fileprivate init(descriptor: CInt, listener: Listener) {
        self.listener = listener
        super.init(descriptor: descriptor, loop: listener.loop)
    }

    override func ready(_ events: PollEvents) {
        if events.isDisjoint(with: .errorOrHangUp) {
            self.listener.acceptClients(on: self)
        } else {
            self.listener.lost(nil)
        }
    }

    override func tearDown() {
        super.tearDown()
        self.listener.socketClosed()
    }
}
