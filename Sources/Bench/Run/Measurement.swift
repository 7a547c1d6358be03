import Engine
import Wire

/// A running workload. It publishes datagrams and checks each arrival. Event loop only; times are in
/// nanoseconds.
final class Measurement {
    /// The largest number of slots to publish in one call. Arrivals must be read in between.
    static let slotsPerTurn = 16_384
    /// When publishing has ended and this much time has passed without an arrival, outstanding datagrams count as lost.
    static let quiet: UInt64 = 2_000_000_000

    let workload: Workload
    private let links: [Link]
    private let tag: UInt16
    private let schedule: Schedule?
    private let window: Int

    private var timeline: Timeline
    private var isInterrupted = false
    private var inspectors: [Inspector]
    private var publishers: [Publisher]
    /// For each connection, the publisher whose witness it is; nil for no publisher. See `Reach.witness`.
    private var witnessed: [Int?]
    private var isOpen: [Bool]
    private var openPublishers: Int
    private var batch: FrameBatch
    private var counts = Counts()
    private var latencies: Latencies
    private var left: Int
    private var nextSlot = 0
    private var lastEventAt: UInt64
    private var measuredPublished = 0
    private var measuredDelivered = 0

    init(_ workload: Workload, links: [Link], tag: UInt16, now: UInt64) {
        let options = workload.options
        self.workload = workload
        self.links = links
        self.tag = tag
        self.timeline = Timeline(start: now, options: options)
        self.latencies = Latencies(since: self.timeline.measuredFrom)
        self.inspectors = links.indices.map { Inspector(of: $0, in: workload, tag: tag) }
        self.publishers = Array(repeating: Publisher(now: now), count: workload.publishers)
        self.witnessed = Array(repeating: nil, count: links.count)
        self.isOpen = Array(repeating: true, count: links.count)
        self.openPublishers = workload.publishers
        self.left = options.count ?? .max
        self.lastEventAt = now
        self.batch = FrameBatch(framing: options.framing, payloadBytes: options.payloadBytes)
        switch workload.pace {
        case .window(let window): (self.window, self.schedule) = (window, nil)
        case .rate(let rate):
            self.window = .max
            self.schedule = Schedule(start: now, publishers: workload.publishers, rate: rate)
        }
        for publisher in self.publishers.indices where self.schedule == nil {
            self.witnessed[workload.reach.witness(of: publisher, among: links.count)] = publisher
        }
    }
}

// MARK: - Publishing

extension Measurement {
    /// Fills the window of each publisher.
    func fillWindows(at now: UInt64) {
        guard self.schedule == nil else { return }
        for publisher in self.publishers.indices { self.fillWindow(of: publisher, at: now) }
    }

    private func fillWindow(of publisher: Int, at now: UInt64) {
        let room = self.window - self.publishers[publisher].inFlight
        guard room > 0, self.isPublishing(publisher, at: now) else { return }
        for _ in 0..<min(room, self.left) { self.append(publisher, sentAt: now) }
        self.sendBatch(publisher, at: now)
    }

    /// Publishes the datagrams that are due.
    ///
    /// - Returns: the time of the next call; nil when there is no schedule or it has ended.
    func publishDue(at now: UInt64) -> UInt64? {
        guard let schedule, self.left > 0, !self.timeline.isOver(now) else { return nil }
        let first = self.nextSlot
        let end = min(schedule.slots(by: now), first + Self.slotsPerTurn)
        for offset in 0..<min(end - first, self.publishers.count) {
            self.publish(stride(from: first + offset, to: end, by: self.publishers.count), schedule, at: now)
        }
        self.nextSlot = end
        return schedule.time(of: end)
    }

    /// Publishes one datagram for each of these slots, which belong to one publisher.
    private func publish(_ slots: StrideTo<Int>, _ schedule: Schedule, at now: UInt64) {
        let publisher = slots.first { _ in true }.map { $0 % self.publishers.count } ?? 0
        guard self.isOpen[publisher] else { return }
        for slot in slots where self.left > 0 { self.append(publisher, sentAt: schedule.time(of: slot)) }
        self.sendBatch(publisher, at: now)
    }

    private func isPublishing(_ publisher: Int, at now: UInt64) -> Bool {
        self.left > 0 && self.isOpen[publisher] && !self.timeline.isOver(now)
    }

    private func append(_ publisher: Int, sentAt: UInt64) {
        self.left -= 1
        self.batch.append(
            Stamp(
                messageType: UInt16(self.workload.options.messageType),
                tag: self.tag,
                publisher: UInt32(publisher),
                sequence: self.publishers[publisher].publish(),
                sentAt: sentAt
            )
        )
    }

    private func sendBatch(_ publisher: Int, at now: UInt64) {
        self.counts.published += self.batch.count
        if self.timeline.isMeasured(now) { self.measuredPublished += self.batch.count }
        self.lastEventAt = now
        self.batch.send(on: self.links[publisher])
    }
}

// MARK: - Arrivals

extension Measurement {
    func received(_ run: DatagramRun, by connection: Int, at now: UInt64) {
        let before = self.counts.delivered
        self.inspectors[connection].inspect(run, at: now, &self.counts, &self.latencies)
        self.lastEventAt = now
        if self.timeline.isMeasured(now) { self.measuredDelivered += self.counts.delivered - before }
        guard let publisher = self.witnessed[connection] else { return }
        self.publishers[publisher].progressed(to: self.inspectors[connection].progress(of: publisher), at: now)
        self.fillWindow(of: publisher, at: now)
    }

    func ended(_ connection: Int) {
        self.isOpen[connection] = false
        self.counts.connectionsLost += 1
        if connection < self.publishers.count { self.openPublishers -= 1 }
    }
}

// MARK: - Regular checks

extension Measurement {
    /// Whether the measured part has not begun yet.
    func isWarmingUp(at now: UInt64) -> Bool { now < self.timeline.measuredFrom }

    /// Stops publishing. Datagrams in flight may still arrive.
    func interrupt(at now: UInt64) {
        guard self.left > 0, !self.timeline.isOver(now) else { return }
        self.isInterrupted = true
        self.timeline.end(at: now)
    }

    /// Gives up datagrams that have been in flight for too long.
    func giveUpStalled(at now: UInt64) {
        guard self.schedule == nil else { return }
        for publisher in self.publishers.indices where self.publishers[publisher].giveUpIfStalled(at: now) {
            self.fillWindow(of: publisher, at: now)
        }
    }

    /// Whether publishing has ended and no further datagram is expected.
    func isFinished(at now: UInt64) -> Bool {
        if self.counts.connectionsLost == self.links.count { return true }
        guard self.left == 0 || self.openPublishers == 0 || self.timeline.isOver(now) else { return false }
        let isComplete = self.counts.delivered == self.counts.published * self.workload.receivers
        return isComplete || now >= self.lastEventAt + Self.quiet
    }

    /// Published and delivered datagrams so far.
    var totals: (published: Int, delivered: Int) { (self.counts.published, self.counts.delivered) }

    func report(at now: UInt64) -> Report {
        // After the whole count was published, the last arrival or publication ends the measurement.
        let end = self.left == 0 ? self.lastEventAt : self.timeline.publishedUntil ?? now
        let measured = min(end, self.timeline.publishedUntil ?? end, now)
        return Report(
            workload: self.workload,
            measuredSeconds: Double(measured - min(measured, self.timeline.measuredFrom)) / 1e9,
            measuredPublished: self.measuredPublished,
            measuredDelivered: self.measuredDelivered,
            latency: self.latencies.summary(),
            counts: self.counts,
            isInterrupted: self.isInterrupted
        )
    }
}
