import Control
import Engine
import Glibc
import Logging
import Logs

/// Writes into the log which connections come and go.
///
/// That is ordinary, and at `debug`; what a peer must not do is not. A peer can't flood the log: of each class of event only
/// so many lines a second are written, and the next one says how many were left out.
final class ConnectionLog: ConnectionObserver {
    /// What is counted together when it storms.
    private struct EventClass: Hashable {
        var event: String
        /// Of a close or a refusal.
        var reason: String?

        var reasonKey: String { self.event == "connection.closed" ? "close_reason" : "reason" }
    }

    private let log: Logger
    private let counts: DaemonCounts
    private let throttles = Locked(LogThrottles<EventClass>())
    /// What operators said about connections that they are closing.
    private let kicks = Locked([ConnectionID: String]())

    init(log: Logger, counts: DaemonCounts = DaemonCounts()) {
        self.log = log
        self.counts = counts
    }

    func connectionOpened(_ connection: Connection) {
        self.log.debug("connection.opened", metadata: Self.identity(of: connection))
    }

    /// An operator is about to close it. On its event loop.
    func kicked(_ connection: Connection, because reason: String) {
        self.kicks.withLock { $0[connection.id] = reason.isEmpty ? nil : reason }
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        let kickReason = self.kicks.withLock { $0.isEmpty ? nil : $0.removeValue(forKey: connection.id) }
        self.logClose(reason, kickReason: kickReason) { Self.account(of: connection, reason: reason) }
    }

    /// - Parameter account: the connection's facts; called only for a line that is written.
    func logClose(_ reason: CloseReason, kickReason: String?, account: () -> Logger.Metadata) {
        guard reason.isPeersFault else {
            return self.log.debug("connection.closed", metadata: account().adding(kickReason: kickReason))
        }
        self.logThrottled(.notice, "connection.closed", reason: reason.rawValue, metadata: account)
    }

    func connectionRefused(peer: NetAddress?, rendezvous: Rendezvous, reason: RefusalReason) {
        // One that has gone by itself was refused nothing.
        let level: Logger.Level = reason == .clientGone ? .debug : .warning
        self.logThrottled(level, "connection.refused", reason: reason.rawValue) {
            var metadata: Logger.Metadata = ["listener": "\(rendezvous.name)", "reason": "\(reason.rawValue)"]
            if let peer {
                metadata["peer_address"] = "\(peer.host)"
                metadata["peer_port"] = .stringConvertible(peer.port)
            }
            return metadata
        }
    }

    func acceptFailed(rendezvous: Rendezvous, errorCode: CInt, isFatal: Bool) {
        if !isFatal { self.counts.listenersExhausted.wrappingAdd(1, ordering: .relaxed) }
        self.logThrottled(
            isFatal ? .error : .warning,
            isFatal ? "listener.lost" : "listener.exhausted",
            perSecond: 1
        ) {
            ["listener": "\(rendezvous.name)", "reason": "\(String(cString: strerror(errorCode)))"]
        }
    }

    func listenerLost(rendezvous: Rendezvous) {
        self.logThrottled(.error, "listener.lost", perSecond: 1) {
            ["listener": "\(rendezvous.name)", "reason": "the system closed its socket"]
        }
    }

    func listenerReopened(rendezvous: Rendezvous) {
        self.logThrottled(.notice, "listener.reopened", perSecond: 1) { ["listener": "\(rendezvous.name)"] }
    }

    /// Tells what was left out of storms that have ended. To be called every second or so, from any thread.
    func reportSuppressed(at now: ContinuousClock.Instant = .now) {
        let suppressed = self.throttles.withLock { $0.takeSuppressed(at: now) }
        for (eventClass, count) in suppressed {
            var metadata: Logger.Metadata = ["event": "\(eventClass.event)"]
            if let reason = eventClass.reason { metadata[eventClass.reasonKey] = "\(reason)" }
            self.log.notice("log.suppressed", metadata: metadata.adding(suppressed: count))
        }
    }

    private func logThrottled(
        _ level: Logger.Level,
        _ event: String,
        reason: String? = nil,
        perSecond: Int = 10,
        metadata: () -> Logger.Metadata
    ) {
        let decision = self.throttles.withLock {
            $0.admit(EventClass(event: event, reason: reason), perSecond: perSecond, at: .now)
        }
        guard case .log(let suppressed) = decision else {
            self.counts.eventsSuppressed.wrappingAdd(1, ordering: .relaxed)
            return
        }
        self.log.log(level: level, "\(event)", metadata: metadata().adding(suppressed: suppressed))
    }
}
