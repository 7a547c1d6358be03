import Engine
import Wire

/// Runs a workload: opens the connections, surveys the server, publishes, and waits for the last deliveries.
// @unchecked: the mutable properties belong to the manager's event loop and are accessed only there.
public final class Runner: @unchecked Sendable, LinkDelegate {
    private enum Phase {
        case connecting(Dialer)
        case surveying(Survey)
        case running(Measurement)
        case over
    }

    /// The interval of the checks for an end or a stall.
    private static let tick = Duration.milliseconds(20)

    // MARK: Constant, any thread

    private let options: WorkloadOptions
    /// It has one event loop.
    private let manager: ConnectionManager
    private let finished = Answer<Report>()
    /// Called about once a second, on the event loop.
    private let progress: @Sendable (Progress) -> Void
    /// Even: see `Stamp.probeTag(of:)`.
    private let tag = UInt16.random(in: 0...UInt16.max) & ~1

    // MARK: Event loop only

    private var phase = Phase.over
    private var links: [Link] = []
    private var earlyEnd: CloseReason?
    private var earlyEndCount = 0
    private var probesSent: UInt32 = 0
    private var lastProbeAt: UInt64 = 0
    /// Set over UDP while the server stays silent.
    private var closedPort: ClosedPort?
    private var isInterrupted = false

    /// Makes a runner.
    ///
    /// - Parameters:
    ///   - options: options without `problems()`.
    ///   - progress: called about once a second, on an event loop.
    public init(_ options: WorkloadOptions, progress: @escaping @Sendable (Progress) -> Void) {
        self.options = options
        self.progress = progress
        self.manager = ConnectionManager(eventLoops: 1, limits: options.limits)
    }

    /// Runs the workload. Call it once, and not on an event loop, because it blocks. The event loop runs until the
    /// process ends.
    public func run() throws(RunError) -> Report {
        let limit = DescriptorLimit.raise().soft
        let needed = self.options.connections + DescriptorLimit.reserve
        guard needed <= limit else { throw .descriptors(needed: needed, limit: limit) }
        self.manager.post { self.connect() }
        do {
            let report = try self.finished.wait()
            try? self.manager.closeConnections(drain: .seconds(1)).wait()
            return report
        } catch {
            throw RunError(connecting: error, to: self.options)
        }
    }

    /// Ends the run early: stops publishing, waits for the datagrams in flight, and reports. Any thread may call it.
    public func interrupt() {
        self.manager.post {
            self.isInterrupted = true
            switch self.phase {
            case .connecting, .surveying: self.fail(RunError.interrupted)
            case .running(let measurement) where measurement.isWarmingUp(at: Self.now): self.fail(RunError.interrupted)
            case .running(let measurement): measurement.interrupt(at: Self.now)
            case .over: break
            }
        }
    }

    private func connect() {
        guard !self.isInterrupted else { return self.fail(RunError.interrupted) }
        let dialer = Dialer(self.manager, self.options, delegate: self)
        self.phase = .connecting(dialer)
        self.reportProgress(second: 0, (0, 0))
        dialer.open { result in
            // The user may have interrupted the run.
            guard case .connecting = self.phase else { return }
            switch result {
            case .success(let links): self.survey(links)
            case .failure(let error): self.fail(error)
            }
        }
    }

    private func fail(_ error: any Error) {
        self.phase = .over
        self.finished.fail(error)
    }

    /// Reports the progress every second.
    private func reportProgress(second: Int, _ before: (published: Int, delivered: Int)) {
        var totals = before
        switch self.phase {
        case .connecting(let dialer): self.progress(dialer.progress)
        case .surveying: break
        case .running(let measurement):
            totals = measurement.totals
            self.progress(
                .running(
                    second: second,
                    publishedPerSecond: totals.published - before.published,
                    deliveredPerSecond: totals.delivered - before.delivered
                )
            )
        case .over: return
        }
        let now = totals
        self.later(.seconds(1)) { self.reportProgress(second: second + 1, now) }
    }

    private func later(_ delay: Duration, _ body: @escaping @Sendable () -> Void) {
        _ = self.manager.post(after: delay, body)
    }

    private static var now: UInt64 { UInt64(Instant.now().nanoseconds) }
}

// MARK: - Before the start

extension Runner {
    private func survey(_ links: [Link]) {
        self.links = links
        let survey = Survey(connections: links.count, asked: self.options.reach, now: Self.now)
        self.phase = .surveying(survey)
        self.probe()
    }

    private func probe() {
        guard case .surveying(let survey) = self.phase else { return }
        if let earlyEnd {
            let error = RunError.connectionsEnded(count: self.earlyEndCount, of: self.links.count, reason: earlyEnd)
            return self.fail(error)
        }
        let now = Self.now
        if let reason = self.closedPortReason(survey, at: now) { return self.fail(reason) }
        switch survey.verdict(at: now) {
        case .begin(let reach): return self.begin(self.options.workload(reach))
        case .silence: return self.fail(RunError.silence(messageType: self.options.messageType))
        case .goOn: break
        }
        if now >= self.lastProbeAt + Survey.interval { self.sendProbes(at: now) }
        self.later(Self.tick) { self.probe() }
    }

    /// The error of a closed UDP port; nil while none is known. The kernel reports a closed port only to a connected
    /// socket that has sent to the port.
    private func closedPortReason(_ survey: Survey, at now: UInt64) -> RunError? {
        guard case .udp(_, let server) = self.links[0], survey.isSilent(at: now) else { return nil }
        self.closedPort = self.closedPort ?? ClosedPort(probing: server)
        return self.closedPort?.reason().map { RunError.cannotConnect(server, $0) }
    }

    /// Sends probes. Over UDP every connection sends one first, because a server knows a UDP connection only from its
    /// datagrams.
    private func sendProbes(at now: UInt64) {
        let isFirstOverUDP = self.options.transport == .udp && self.probesSent == 0
        self.lastProbeAt = now
        self.probesSent += 1
        var batch = FrameBatch(framing: self.options.framing, payloadBytes: self.options.payloadBytes)
        for sender in isFirstOverUDP ? self.links.indices.reversed() : [0] {
            batch.append(
                Stamp(
                    messageType: UInt16(self.options.messageType),
                    tag: Stamp.probeTag(of: self.tag),
                    publisher: UInt32(sender),
                    sequence: self.probesSent,
                    sentAt: now
                )
            )
            batch.send(on: self.links[sender])
        }
    }

    private func probeReceived(_ run: DatagramRun, by connection: Int) {
        guard case .surveying(var survey) = self.phase else { return }
        let now = Self.now
        run.forEachPayload { payload in
            guard let stamp = Stamp(payload), stamp.tag == Stamp.probeTag(of: self.tag), stamp.publisher == 0 else {
                return
            }
            survey.heard(by: connection, at: now)
        }
        self.phase = .surveying(survey)
    }
}

// MARK: - The run

extension Runner {
    private func begin(_ workload: Workload) {
        let now = Self.now
        let measurement = Measurement(workload, links: self.links, tag: self.tag, now: now)
        self.phase = .running(measurement)
        measurement.fillWindows(at: now)
        self.publishDue()
        self.lookAround()
    }

    /// Publishes due datagrams, and schedules its next call while there is a schedule.
    private func publishDue() {
        guard case .running(let measurement) = self.phase else { return }
        guard let next = measurement.publishDue(at: Self.now) else { return }
        self.later(.nanoseconds(Int64(clamping: next - min(next, Self.now)))) { self.publishDue() }
    }

    /// Checks for stalls and for the end, and schedules its next call.
    private func lookAround() {
        guard case .running(let measurement) = self.phase else { return }
        let now = Self.now
        measurement.giveUpStalled(at: now)
        guard measurement.isFinished(at: now) else {
            self.later(Self.tick) { self.lookAround() }
            return
        }
        self.phase = .over
        self.finished.succeed(measurement.report(at: now))
    }

    func received(_ run: DatagramRun, by connection: Int) {
        switch self.phase {
        case .running(let measurement): measurement.received(run, by: connection, at: Self.now)
        case .surveying: self.probeReceived(run, by: connection)
        case .connecting, .over: break
        }
    }

    func ended(_ connection: Int, _ reason: CloseReason) {
        switch self.phase {
        case .running(let measurement): measurement.ended(connection)
        case .connecting, .surveying: (self.earlyEnd, self.earlyEndCount) = (reason, self.earlyEndCount + 1)
        case .over: break
        }
    }
}
