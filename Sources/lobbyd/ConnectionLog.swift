import Control
import Engine
import Glibc
import Logging
import Logs

/// Logs the connections that open, close and are refused, and the state of the listeners.
///
/// Opens and ordinary closes are logged at `debug`, and a close because the client broke a rule at `notice`. A client
/// cannot flood the log: each class of event gets a fixed number of lines per second. The next line gives the number of
/// suppressed events.
final class ConnectionLog: ConnectionObserver {
    /// Events that are throttled together.
    private struct EventClass: Hashable {
        var event: DaemonEvent
        /// The reason of a close or a refusal.
        var reason: String?

        var reasonKey: String { self.event == .connectionClosed ? "close_reason" : "reason" }
    }

    private let log: Logger
    private let counts: DaemonCounts
    private let throttles = Locked(LogThrottles<EventClass>())
    /// The operators' reasons for the connections that they close.
    private let kicks = Locked([ConnectionID: String]())

    init(log: Logger, counts: DaemonCounts = DaemonCounts()) {
        self.log = log
        self.counts = counts
    }

    func connectionOpened(_ connection: Connection) {
        self.log.record(.connectionOpened, metadata: Self.identity(of: connection))
    }

    /// Remembers an operator's reason until the connection closes. On the connection's event loop.
    func kicked(_ connection: Connection, because reason: String) {
        self.kicks.withLock { $0[connection.id] = reason.isEmpty ? nil : reason }
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        let kickReason = self.kicks.withLock { $0.isEmpty ? nil : $0.removeValue(forKey: connection.id) }
        self.logClose(reason, kickReason: kickReason) { Self.account(of: connection, reason: reason) }
    }

    /// - Parameter account: returns the connection's facts. Called only for a line that is written.
    func logClose(_ reason: CloseReason, kickReason: String?, account: () -> Logger.Metadata) {
        guard reason.isPeersFault else {
            return self.log.record(
                .connectionClosed,
                at: reason.logLevel,
                metadata: account().adding(kickReason: kickReason)
            )
        }
        self.logThrottled(.connectionClosed, at: reason.logLevel, reason: reason.rawValue, metadata: account)
    }

    func connectionRefused(peer: NetAddress?, rendezvous: Rendezvous, reason: RefusalReason) {
        self.logThrottled(.connectionRefused, at: reason.logLevel, reason: reason.rawValue) {
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
        self.logThrottled(isFatal ? .listenerLost : .listenerExhausted, perSecond: 1) {
            ["listener": "\(rendezvous.name)", "reason": "\(String(cString: strerror(errorCode)))"]
        }
    }

    func listenerLost(rendezvous: Rendezvous) {
        self.logThrottled(.listenerLost, perSecond: 1) {
            ["listener": "\(rendezvous.name)", "reason": "the system closed its socket"]
        }
    }

    func listenerReopened(rendezvous: Rendezvous) {
        self.logThrottled(.listenerReopened, perSecond: 1) { ["listener": "\(rendezvous.name)"] }
    }

    /// Logs the number of suppressed events of each burst that has ended. Call this method about once a second, on any
    /// thread.
    func reportSuppressed(at now: ContinuousClock.Instant = .now) {
        let suppressed = self.throttles.withLock { $0.takeSuppressed(at: now) }
        for (eventClass, count) in suppressed {
            var metadata: Logger.Metadata = ["event": "\(eventClass.event.name)"]
            if let reason = eventClass.reason { metadata[eventClass.reasonKey] = "\(reason)" }
            self.log.record(.logSuppressed, metadata: metadata.adding(suppressed: count))
        }
    }

    private func logThrottled(
        _ event: DaemonEvent,
        at level: Logger.Level? = nil,
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
        self.log.record(event, at: level, metadata: metadata().adding(suppressed: suppressed))
    }
}
