import Control
import Engine
import Logging
import Logs

/// Logs each command that changes something, with its user, whatever the level of the log.
///
/// Each command of each user gets a fixed number of lines per second. The next line gives the number of suppressed
/// events.
final class AdminLog: Sendable {
    /// Events that are throttled together.
    private struct CommandClass: Hashable {
        var command: String
        var uid: UInt32

        var metadata: Logger.Metadata {
            ["admin_uid": .stringConvertible(self.uid), "admin_command": "\(self.command)"]
        }
    }

    private let log: Logger
    private let counts: DaemonCounts
    private let throttles = Locked(LogThrottles<CommandClass>())

    init(log: Logger, counts: DaemonCounts = DaemonCounts()) {
        self.counts = counts
        var log = log
        // Every change must be traceable, whatever the level of the log.
        log.logLevel = .notice
        self.log = log
    }

    func record(_ command: ControlCommand, by uid: UInt32) {
        let commandClass = CommandClass(command: command.name, uid: uid)
        let decision = self.throttles.withLock { $0.admit(commandClass, at: .now) }
        guard case .log(let suppressed) = decision else {
            self.counts.eventsSuppressed.wrappingAdd(1, ordering: .relaxed)
            return
        }
        let metadata = commandClass.metadata.merging(Self.arguments(of: command)) { $1 }
        self.log.record(.adminCommand, metadata: metadata.adding(suppressed: suppressed))
    }

    /// Logs the number of suppressed events of each burst that has ended. Call this method about once a second, on any
    /// thread.
    func reportSuppressed(at now: ContinuousClock.Instant = .now) {
        for (commandClass, count) in self.throttles.withLock({ $0.takeSuppressed(at: now) }) {
            let metadata = commandClass.metadata.merging(["event": "\(DaemonEvent.adminCommand.name)"]) { $1 }
            self.log.record(.logSuppressed, metadata: metadata.adding(suppressed: count))
        }
    }

    private static func arguments(of command: ControlCommand) -> Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        switch command {
        case .kick(let id, let reason):
            metadata["connection_id"] = .stringConvertible(id)
            metadata["reason"] = reason.isEmpty ? nil : "\(reason)"
        case .logLevel(let level, let duration):
            metadata["log_level"] = "\(level)"
            metadata["duration_usec"] = duration.map { .stringConvertible($0.microseconds) }
        default: break
        }
        return metadata
    }
}
