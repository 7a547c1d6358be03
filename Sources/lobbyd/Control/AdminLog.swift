import Control
import Engine
import Logging
import Logs

/// Writes into the log who wanted something changed, whatever the level of the log is.
///
/// Of each command of each user only so many lines a second are written, and the next one says how many were left out.
final class AdminLog: Sendable {
    /// What is counted together when it storms.
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
        // Who has asked for what can always be found out.
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

    /// Tells what was left out of storms that have ended. To be called every second or so, from any thread.
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
