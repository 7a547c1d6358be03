import CLinux
import Glibc
import Wire

/// One attempt to open a client connection: looks up the name, tries its addresses, and ends with a connection or an
/// error.
// @unchecked: the variables belong to `shard.loop` and are accessed only there.
final class ClientDial: @unchecked Sendable {
    typealias Completion = @Sendable (Result<Connection, ConnectError>) -> Void

    /// The destination and settings of a dial.
    struct Target: Sendable {
        let host: String
        let port: Int
        let timeout: Duration
        let framing: Framing
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
    private let begunAt: Instant
    private let origin: ConnectionOrigin
    private let registry: ConnectionRegistry
    private let lookups: NameLookups
    private let dials: ClientDials

    // MARK: Event loop only

    private var phase = Phase.idle
    private var race = AddressRace([])
    /// The running attempts, one for each address.
    private var attempts: [DialAttempt] = []
    private var timer: Timer?
    private var nextAttempt: Timer?
    private var completion: Completion?
    private var isAdmitted = false

    /// - Parameter begunAt: the start of the timeout.
    init(
        _ target: Target,
        origin: ConnectionOrigin,
        registry: ConnectionRegistry,
        shard: Shard,
        lookups: NameLookups,
        dials: ClientDials,
        begunAt: Instant = .now()
    ) {
        self.target = target
        self.origin = origin
        self.registry = registry
        self.shard = shard
        self.lookups = lookups
        self.dials = dials
        self.begunAt = begunAt
    }

    /// Starts the dial. Any thread; call it once.
    ///
    /// - Parameter completion: called once, on the event loop of the connection. If that event loop has ended, it is
    ///   called on the calling thread.
    func begin(_ completion: @escaping Completion) {
        let isPosted = self.shard.loop.post { self.began(completion) }
        if !isPosted { completion(.failure(self.error.cancelled)) }
    }

    /// Cancels the dial and closes its sockets. No effect after the dial has ended. Any thread, also before `begin`.
    func cancel() {
        self.shard.loop.post { self.fail(self.error.cancelled) }
    }

    private func began(_ completion: @escaping Completion) {
        guard case .idle = self.phase, self.dials.add(self) else { return completion(.failure(self.error.cancelled)) }
        self.completion = completion
        self.isAdmitted = self.origin.roster.admission.admitOwn()
        guard self.isAdmitted else { return self.fail(self.error.tooManyConnections(self.shard.limits)) }
        guard (0...Int(UInt16.max)).contains(self.target.port) else { return self.fail(self.error.system(EINVAL)) }
        // The timeout goes through the inbox, so that an answer of the resolver that is already there is processed
        // first.
        self.timer = self.shard.loop.schedule(at: self.deadline) { self.shard.loop.post { self.timedOut() } }
        self.registry.announce([self.target.framing]).whenSet { _ in
            // The event loop that answers last runs this closure.
            if self.shard.loop.isCurrent { self.findAddresses() } else { self.shard.loop.post { self.findAddresses() } }
        }
    }

    private func findAddresses() {
        guard case .idle = self.phase else { return }
        let target = self.target
        if let ip = IPAddress(target.host) { return self.raceAddresses([SocketAddress(ip, port: target.port)]) }
        do throws(NameError) {
            self.phase = .lookingUp(
                try self.lookups.begin(host: target.host, port: target.port) { found in
                    self.shard.loop.post { self.lookedUp(found) }
                }
            )
        } catch {
            self.fail(self.error.name(error))
        }
    }

    private func lookedUp(_ found: NameLookups.Found) {
        guard case .lookingUp = self.phase else { return }
        switch found {
        case .success([]): self.fail(self.error.name(.notFound(code: EAI_NONAME)))
        case .success(let addresses): self.raceAddresses(addresses)
        case .failure(let error): self.fail(self.error.name(error))
        }
    }

    private func raceAddresses(_ addresses: [SocketAddress]) {
        self.phase = .racing
        self.race = AddressRace(addresses)
        self.tryNextAddress()
    }

    private func tryNextAddress() {
        self.shard.loop.cancel(self.nextAttempt)
        // Skip addresses that the system refuses at once.
        while case .racing = self.phase, let address = self.race.next() {
            do throws(SystemError) {
                self.attempts.append(try DialAttempt(address, dial: self))
            } catch {
                self.attemptFailed(error.code)
                continue
            }
            guard self.race.hasUntried else { return }
            let delay = self.race.delay(timeLeft: self.deadline - self.shard.loop.now)
            self.nextAttempt = self.shard.loop.schedule(after: delay) { self.tryNextAddress() }
            return
        }
    }

    private func attemptFailed(_ code: CInt) {
        self.race.attemptFailed(AddressFailure(code: code))
        guard let failure = self.race.failure, self.race.isLost else { return }
        self.fail(self.error.address(failure, after: self.elapsed))
    }

    private func timedOut() {
        self.fail(self.error.address(AddressFailure.timedOut.moreTelling(than: self.race.failure), after: self.elapsed))
    }

    private var deadline: Instant { self.begunAt + max(self.target.timeout, .zero) }

    /// The time since the start of the dial, at most the timeout. It is less than the timeout if the system itself
    /// gives up earlier, which takes some minutes.
    private var elapsed: Duration { min(self.target.timeout, self.shard.loop.now - self.begunAt) }

    private var error: DialErrors { DialErrors(host: self.target.host, port: self.target.port) }
}

// MARK: - Attempts

extension ClientDial {
    /// An attempt has failed.
    func failed(_ attempt: DialAttempt, _ code: CInt) {
        guard case .racing = self.phase else { return }
        // The event loop retains the attempt until the end of the turn. The removal below releases the dial's
        // reference.
        self.shard.loop.closeAtEndOfTurn(attempt)
        self.attempts.removeAll { $0 === attempt }
        self.attemptFailed(code)
        self.tryNextAddress()
    }

    /// An attempt has succeeded and wins the race.
    func connected(_ attempt: DialAttempt, to address: SocketAddress) {
        guard case .racing = self.phase else { return }
        self.shard.loop.closeAtEndOfTurn(attempt)
        let descriptor = attempt.releaseDescriptor()
        // From now on the connection must release the slot, even if it fails to open.
        self.isAdmitted = false
        let completion = self.end()
        let connection = self.shard.openStream(
            descriptor,
            peer: address,
            origin: self.origin,
            framing: self.target.framing
        )
        completion?(connection.map { .success($0) } ?? .failure(self.error.system(ENOMEM)))
    }

    private func fail(_ error: ConnectError) {
        if case .over = self.phase { return }
        self.end()?(.failure(error))
    }

    /// Ends the lookup, the timers and all attempts.
    ///
    /// - Returns: the completion that the caller must call.
    private func end() -> Completion? {
        if case .lookingUp(let lookup) = self.phase { lookup.abandon() }
        self.phase = .over
        self.dials.remove(self)
        self.shard.loop.cancel(self.timer)
        self.shard.loop.cancel(self.nextAttempt)
        for attempt in self.attempts { self.shard.loop.closeAtEndOfTurn(attempt) }
        self.attempts = []
        if self.isAdmitted { self.origin.roster.admission.release(nil) }
        defer { self.completion = nil }
        return self.completion
    }
}

/// Creates the errors of one dial, with its host and port.
private struct DialErrors {
    let host: String
    let port: Int

    var cancelled: ConnectError { .cancelled(host: self.host, port: self.port) }

    func tooManyConnections(_ limits: Limits) -> ConnectError {
        .tooManyConnections(host: self.host, port: self.port, limit: limits.connections ?? 0)
    }

    func system(_ code: CInt) -> ConnectError { .systemError(host: self.host, port: self.port, code: code) }

    func address(_ failure: AddressFailure, after elapsed: Duration) -> ConnectError {
        switch failure {
        case .refused: .refused(host: self.host, port: self.port)
        case .timedOut: .timedOut(host: self.host, port: self.port, after: elapsed)
        case .systemError(let code): self.system(code)
        case .unreachable: .unreachable(host: self.host, port: self.port)
        }
    }

    func name(_ error: NameError) -> ConnectError {
        switch error {
        case .notFound(let code): .nameNotFound(host: self.host, port: self.port, code: code)
        case .tooManyLookups(let limit): .tooManyLookups(host: self.host, port: self.port, limit: limit)
        case .systemError(let code): self.system(code)
        }
    }
}

/// The running dials of one manager. The manager cancels them when it ends. Any thread.
final class ClientDials: Sendable {
    private struct State {
        var dials: [ObjectIdentifier: ClientDial] = [:]
        var hasEnded = false
    }

    private let state = Locked(State())

    /// - Returns: false if the manager has ended.
    fileprivate func add(_ dial: ClientDial) -> Bool {
        self.state.withLock { state in
            if !state.hasEnded { state.dials[ObjectIdentifier(dial)] = dial }
            return !state.hasEnded
        }
    }

    fileprivate func remove(_ dial: ClientDial) {
        self.state.withLock { $0.dials[ObjectIdentifier(dial)] = nil }
    }

    /// Cancels all dials. Must be called before the event loops end.
    func end() {
        let dials = self.state.withLock { state in
            state.hasEnded = true
            return Array(state.dials.values)
        }
        for dial in dials { dial.cancel() }
    }
}
