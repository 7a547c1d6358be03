import Engine
import Logging

/// The log events of a reload.
extension Daemon {
    /// The largest number of problems that are logged one by one. One more line gives the number of the others. The
    /// answer to a request has all problems.
    static let problemsLoggedMax = 10

    func reportReloaded(_ changes: SettingChanges, askedBy origins: [RequestOrigin]) {
        self.log.record(
            .reloadApplied,
            metadata: Self.metadata(of: origins).merging([
                "changes": .stringConvertible(changes.live.count),
                "changed": .dictionary(Self.metadata(of: changes.live)),
            ]) { $1 }
        )
        guard !changes.afterRestart.isEmpty else { return }
        self.log.record(
            .reloadNeedsRestart,
            metadata: ["unchanged": .dictionary(Self.metadata(of: changes.afterRestart))]
        )
    }

    func reportRejected(_ error: ConfigurationError, askedBy origins: [RequestOrigin]) {
        for (index, problem) in error.problems.prefix(Self.problemsLoggedMax).enumerated() {
            var metadata = Self.metadata(of: origins)
            metadata["reason"] = "\(problem.message)"
            metadata["problem"] = "\(index + 1) of \(error.problems.count)"
            metadata["config_file"] = "\(problem.file)"
            if let position = problem.position {
                metadata["config_line"] = .stringConvertible(position.line)
                metadata["config_column"] = .stringConvertible(position.column)
            }
            self.log.record(.reloadRejected, metadata: metadata)
        }
        let more = error.problems.count - Self.problemsLoggedMax
        guard more > 0 else { return }
        let metadata: Logger.Metadata = [
            "reason": "\(more) more problems; lobbyd --check prints them all",
            "problem": "\(Self.problemsLoggedMax + 1) to \(error.problems.count) of \(error.problems.count)",
        ]
        self.log.record(.reloadRejected, metadata: Self.metadata(of: origins).merging(metadata) { $1 })
    }

    /// Reports a problem that is not an error in the file.
    func reportRejected(_ problem: String, askedBy origins: [RequestOrigin]) {
        let metadata: Logger.Metadata = ["reason": "\(problem)", "problem": "1 of 1"]
        self.log.record(.reloadRejected, metadata: Self.metadata(of: origins).merging(metadata) { $1 })
    }

    /// The metadata of the requests that share a reload. The line names only the last signal and the last user.
    private static func metadata(of origins: [RequestOrigin]) -> Logger.Metadata {
        origins.reduce(into: [:]) { $0.merge($1.metadata) { $1 } }
    }

    private static func metadata(of changes: [SettingChange]) -> Logger.Metadata {
        changes.reduce(into: [:]) { $0[$1.setting] = "\($1.text)" }
    }
}
