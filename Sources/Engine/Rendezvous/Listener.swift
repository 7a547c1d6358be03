import CLinux
import Glibc
import Synchronization

/// One rendezvous over TCP on its event loop: accepts clients as far as there are places for them, and lets the others wait
/// with the system. Should its socket be lost, it is opened again.
// @unchecked: what is not constant belongs to `loop` and is touched only there.
final class Listener: @unchecked Sendable {
    // MARK: Constant, any thread

    /// `ConnectionOrigin.listenerNumber`.
    let number: Int
    let registry: ConnectionRegistry
    /// Its own event loop, where no connection of it need be.
    let loop: EventLoop
    private let inherited: InheritedDescriptor?
    private let reserve: DescriptorReserve
    /// nil where an accepted socket is a connection at once.
    let openings: Openings?
    /// Whether a look at the places is on its way: one is enough, however many of them change.
    private let isAskedForPlaces = Atomic<Bool>(false)

    // MARK: Event loop only

    /// Of clients to come.
    private(set) var origin: ConnectionOrigin
    /// Of clients to come.
    private(set) var framing: Framing
    /// nil before it is open, while it is being opened again, and after its end.
    private(set) var socket: ListeningSocket?
    /// There from the moment when it is open first.
    private(set) var address: NetAddress?
    private(set) var isClosed = false
    private var pauses: PauseReasons
    var batch = AcceptBatch()
    /// Accepted while the last place was taken by another client; they wait as if they had not been.
    var waiting: ArraySlice<AcceptedClient> = []
    /// Of the shard that gets the next client.
    private var nextShard: Int
    /// A copy of its own socket: after a loss, the clients that wait there stay.
    private var ownCopy: InheritedDescriptor?
    private var resumption: Timer?
    private var reopeningDelay = ReopeningDelay()
    /// Sockets of it whose descriptors are open.
    private var openSockets = 0
    private var closings: [Answer<Void>] = []

    /// - Parameters:
    ///   - isHeld: it accepts no client before `resume(.held)`.
    ///   - openings: where its clients pass their opening; nil where they have none.
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

    /// What it opens, or what has become of it since.
    var rendezvous: Rendezvous {
        guard let rendezvous = self.origin.rendezvous else { preconditionFailure("a listener without a rendezvous") }
        return rendezvous
    }

    /// Opens it for the first time. Any thread.
    ///
    /// - Parameter isSharing: see `BoundSocket.open`.
    /// - Returns: the address that it has, or a failure that is a `RendezvousError`.
    func open(isSharing: Bool = false) -> Answer<NetAddress> {
        self.loop.submit {
            // Without descriptors opening it fails too, and tells why.
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

    /// Accepts no more clients, and turns those away that wait. Any thread.
    ///
    /// - Returns: when the port is free.
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

    /// Clients to come get the name and framing of `rendezvous`. Linux takes another backlog for a socket that listens.
    func use(_ rendezvous: Rendezvous) {
        let isOtherBacklog = rendezvous.backlog != self.rendezvous.backlog
        self.origin = self.origin.serving(rendezvous)
        self.framing = rendezvous.framing
        if isOtherBacklog, let socket { _ = listen(socket.descriptor, CInt(clamping: rendezvous.backlog)) }
    }

    /// The backlog that the system keeps, which may be less than the rendezvous's; nil while the socket is not open.
    var backlogInForce: Int? {
        guard let socket else { return nil }
        var info = tcp_info()
        var size = socklen_t(MemoryLayout<tcp_info>.size)
        guard getsockopt(socket.descriptor, CInt(IPPROTO_TCP), TCP_INFO, &info, &size) == 0 else { return nil }
        // Linux `tcp_get_info`: of a socket that listens, this is the longest that its queue may be.
        return Int(info.tcpi_sacked)
    }

    /// The shards take turns, so that each event loop gets as many clients.
    func takeShard() -> Shard {
        defer { self.nextShard = (self.nextShard + 1) % self.registry.shards.count }
        return self.registry.shards[self.nextShard]
    }

    func closeWaiting() {
        for client in self.waiting { Descriptor.close(client.descriptor) }
        self.waiting = []
    }
}

// MARK: - Its socket, event loop only

extension Listener {
    /// On the kept socket, so that the clients that wait there stay; a new one where there is none.
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

    /// The descriptor of one of its sockets is closed.
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

    /// Begins a reason to accept no client.
    func pause(_ reason: PauseReasons) {
        guard self.pauses.insert(reason).inserted else { return }
        self.poll()
    }

    /// Ends a reason to accept no client.
    func resume(_ reason: PauseReasons) {
        guard self.pauses.remove(reason) != nil else { return }
        self.poll()
    }

    /// A paused socket leaves the poller: it would be reported as readable without end.
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
    /// How long no client is accepted when the system can't, and then how often it is asked again.
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

    /// The system does not accept on its socket any more. Clients that wait there stay.
    ///
    /// - Parameter code: the error number of accept(2); nil where the poller has told.
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

/// The socket of a listener in the poller; after a loss, another one takes its place.
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
