import Control
import Glibc
import Logging
import PandaNet
import Synchronization
import Systemd

/// Writes into the log which connections come and go.
///
/// That is ordinary, and at `debug`; what a peer must not do is not. A peer can't flood the log: of each class of event only
/// so many lines a second are written, and the next one says how many were left out.
final class ConnectionLog: ConnectionObserver {
    private let log: Logger
    private let refusals = Mutex(LogThrottle())
    private let acceptFailures = Mutex(LogThrottle(perSecond: 1))
    private let returns = Mutex(LogThrottle(perSecond: 1))
    /// What operators said about connections that they are closing.
    private let kicks = Mutex([ConnectionID: String]())
    private let faults = Mutex([CloseReason: LogThrottle]())

    init(log: Logger) {
        self.log = log
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
        guard reason.isPeersFault else {
            var metadata = Self.account(of: connection, reason: reason)
            metadata["reason"] = kickReason.map { "\($0)" }
            return self.log.debug("connection.closed", metadata: metadata)
        }
        let decision = self.faults.withLock { $0[reason, default: LogThrottle()].admit(at: .now) }
        guard case .log(let suppressed) = decision else { return }
        self.log.notice(
            "connection.closed",
            metadata: Self.account(of: connection, reason: reason).adding(suppressed: suppressed)
        )
    }

    func connectionRefused(peer: NetAddress?, rendezvous: Rendezvous, reason: RefusalReason) {
        guard case .log(let suppressed) = self.refusals.withLock({ $0.admit(at: .now) }) else { return }
        var metadata: Logger.Metadata = ["listener": "\(rendezvous.name)", "reason": "\(reason.rawValue)"]
        if let peer {
            metadata["peer_address"] = "\(peer.host)"
            metadata["peer_port"] = .stringConvertible(peer.port)
        }
        self.log.warning("connection.refused", metadata: metadata.adding(suppressed: suppressed))
    }

    func acceptFailed(rendezvous: Rendezvous, errorCode: CInt, isFatal: Bool) {
        guard case .log(let suppressed) = self.acceptFailures.withLock({ $0.admit(at: .now) }) else { return }
        let metadata: Logger.Metadata = [
            "listener": "\(rendezvous.name)",
            "reason": "\(String(cString: strerror(errorCode)))",
        ]
        self.log.log(
            level: isFatal ? .critical : .warning,
            isFatal ? "listener.lost" : "listener.exhausted",
            metadata: metadata.adding(suppressed: suppressed)
        )
    }

    func listenerLost(rendezvous: Rendezvous) {
        guard case .log(let suppressed) = self.acceptFailures.withLock({ $0.admit(at: .now) }) else { return }
        let metadata: Logger.Metadata = ["listener": "\(rendezvous.name)", "reason": "the system closed its socket"]
        self.log.error("listener.lost", metadata: metadata.adding(suppressed: suppressed))
    }

    func listenerReopened(rendezvous: Rendezvous) {
        guard case .log(let suppressed) = self.returns.withLock({ $0.admit(at: .now) }) else { return }
        let metadata: Logger.Metadata = ["listener": "\(rendezvous.name)"]
        self.log.notice("listener.reopened", metadata: metadata.adding(suppressed: suppressed))
    }

    private static func identity(of connection: Connection) -> Logger.Metadata {
        [
            "connection_id": .stringConvertible(connection.id.rawValue),
            "peer_address": "\(connection.peer.host)",
            "peer_port": .stringConvertible(connection.peer.port),
            "listener": "\(connection.rendezvous?.name ?? "none")",
        ]
    }

    private static func account(of connection: Connection, reason: CloseReason) -> Logger.Metadata {
        let traffic = connection.traffic
        var metadata = Self.identity(of: connection)
        metadata["close_reason"] = "\(reason.rawValue)"
        metadata["bytes_in"] = .stringConvertible(traffic.bytesIn)
        metadata["bytes_out"] = .stringConvertible(traffic.bytesOut)
        metadata["datagrams_in"] = .stringConvertible(traffic.datagramsIn)
        metadata["datagrams_out"] = .stringConvertible(traffic.datagramsOut)
        metadata["duration_usec"] = .stringConvertible(connection.age.microseconds)
        return metadata
    }
}

extension Logger.Metadata {
    fileprivate func adding(suppressed: Int) -> Logger.Metadata {
        guard suppressed > 0 else { return self }
        return self.merging(["suppressed": .stringConvertible(suppressed)]) { $1 }
    }
}
