import Glibc
import NIOCore
import NIOPosix
import Wire

/// One attempt to open a client connection: looks the name up, tries its addresses, and ends with a connection or an error.
// @unchecked: what is not constant belongs to `shard.eventLoop` and is touched only there.
final class ClientDial: @unchecked Sendable {
    typealias Completion = @Sendable (Result<Connection, ConnectError>) -> Void

    /// Whom to connect to.
    struct Target: Sendable {
        let host: String
        let port: Int
        let timeout: Duration
        let header: TCPHeader
    }

    private enum Phase {
        case idle
        case lookingUp(NameLookup)
        case racing
        case over
    }

    // MARK: Constant, any thread

    let target: Target
    let shard: Shard
    let begunAt = NIODeadline.now()
    private let origin: ConnectionOrigin
    private let lookups: NameLookups

    // MARK: Event loop only

    private var phase = Phase.idle
    private var race = AddressRace([])
    /// One for each address that is being tried.
    private var channels: [any Channel] = []
    private var timer: Scheduled<Void>?
    private var nextAttempt: Scheduled<Void>?
    private var completion: Completion?
    private var isAdmitted = false

    init(_ target: Target, origin: ConnectionOrigin, shard: Shard, lookups: NameLookups) {
        self.target = target
        self.origin = origin
        self.shard = shard
        self.lookups = lookups
    }

    /// Any thread, once.
    ///
    /// - Parameter completion: called once, on the event loop of the connection.
    func begin(_ completion: @escaping Completion) {
        self.shard.pipe.post { self.began(completion) }
    }

    /// Ends the attempt and closes its sockets; one that is over already is left as it is. Any thread, before `begin` too.
    func cancel() {
        self.shard.pipe.post { self.fail(self.cancelled) }
    }

    private func began(_ completion: @escaping Completion) {
        guard case .idle = self.phase else { return completion(.failure(self.cancelled)) }
        self.completion = completion
        self.isAdmitted = self.origin.registry.admission.admitOwn()
        guard self.isAdmitted else { return self.fail(self.tooManyConnections) }
        guard (0...Int(UInt16.max)).contains(self.target.port) else { return self.fail(self.systemError(EINVAL)) }
        // By way of the pipe: an answer that has come is seen before the timeout, also when the loop was late.
        let timer = self.shard.eventLoop.scheduleTask(deadline: self.deadline) {
            self.shard.pipe.post { self.timedOut() }
        }
        // The event loop ends before the attempt does.
        timer.futureResult.whenFailure { _ in self.fail(self.cancelled) }
        self.timer = timer
        self.origin.registry.announce(self.target.header, on: self.shard.eventLoop).whenSuccess { self.findAddresses() }
    }

    private func findAddresses() {
        guard case .idle = self.phase else { return }
        let target = self.target
        if let literal = try? SocketAddress(ipAddress: target.host, port: target.port) {
            return self.raceAddresses([literal])
        }
        do {
            self.phase = .lookingUp(
                try self.lookups.begin(host: target.host, port: target.port) { answer in
                    self.shard.pipe.post { self.lookedUp(answer) }
                }
            )
        } catch {
            self.fail(self.error(error))
        }
    }

    private func lookedUp(_ answer: NameLookups.Answer) {
        guard case .lookingUp = self.phase else { return }
        switch answer {
        case .success([]): self.fail(self.error(NameError.notFound(code: EAI_NONAME)))
        case .success(let addresses): self.raceAddresses(addresses)
        case .failure(let error): self.fail(self.error(error))
        }
    }

    private func raceAddresses(_ addresses: [SocketAddress]) {
        self.phase = .racing
        self.race = AddressRace(addresses)
        self.tryNextAddress()
    }

    private func tryNextAddress() {
        guard case .racing = self.phase, let address = self.race.next() else { return }
        self.nextAttempt?.cancel()
        if self.race.hasUntried {
            let delay = self.race.delay(timeLeft: Duration(self.deadline - .now()))
            self.nextAttempt = self.shard.eventLoop.scheduleTask(in: TimeAmount(delay)) { self.tryNextAddress() }
        }
        self.bootstrap().connect(to: address).whenFailure { self.attemptFailed($0) }
    }

    private func bootstrap() -> ClientBootstrap {
        ClientBootstrap(group: self.shard.eventLoop)
            // The dial has a timer of its own.
            .connectTimeout(.hours(24 * 365))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_rcvbuf), value: ConnectionListener.receiveBufferBytes)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = try self.origin.prepare(channel, header: self.target.header, shard: self.shard)
                    let first = ClientDialHandler(dial: self, handler: handler)
                    try channel.pipeline.syncOperations.addHandler(first, position: .first)
                    self.channels.append(channel)
                }
            }
    }

    private func attemptFailed(_ error: any Error) {
        guard case .racing = self.phase else { return }
        // NIO's own errors come when the event loop ends.
        guard let code = (error as? IOError)?.errnoCode else { return self.fail(self.cancelled) }
        self.race.attemptFailed(AddressFailure(code: code))
        if let failure = self.race.failure, self.race.isLost {
            self.fail(self.error(failure))
        } else {
            self.tryNextAddress()
        }
    }

    private func timedOut() {
        self.fail(self.error(AddressFailure.timedOut.moreTelling(than: self.race.failure)))
    }
}

// MARK: - The end

extension ClientDial {
    /// An address has answered.
    ///
    /// - Returns: whether it is the first one, and its connection is to be opened; otherwise it is to be closed.
    func addressConnected(_ channel: any Channel) -> Bool {
        guard case .racing = self.phase else { return false }
        let admission = self.origin.registry.admission
        channel.closeFuture.whenComplete { _ in admission.release(nil) }
        self.isAdmitted = false
        self.end(keeping: channel)
        return true
    }

    /// The connection of the first address is open.
    func opened(_ connection: Connection) {
        self.completion?(.success(connection))
        self.completion = nil
    }

    private func fail(_ error: ConnectError) {
        if case .over = self.phase { return }
        self.end(keeping: nil)
        self.completion?(.failure(error))
        self.completion = nil
    }

    /// Whatever is still under way is given up.
    private func end(keeping winner: (any Channel)?) {
        if case .lookingUp(let lookup) = self.phase { lookup.abandon() }
        self.phase = .over
        self.timer?.cancel()
        self.nextAttempt?.cancel()
        for channel in self.channels where channel !== winner { channel.close(promise: nil) }
        self.channels = []
        if self.isAdmitted { self.origin.registry.admission.release(nil) }
    }
}
