import Control
import Engine
import Logging

/// The socket that `lobbyctl` asks at.
extension Daemon {
    /// - Returns: nil where none is configured. While its default place is not there, the server waits for it.
    /// - Throws: what the log has been told.
    func openControl(_ running: RunningRelay) throws(ControlSocketError) -> ControlServer? {
        guard let path = UnixSocketPath(running.state.configuration.control.socket) else { return nil }
        let service = DaemonControl(
            running,
            configuredBy: self.source,
            logLevel: self.logLevel,
            requests: self.requests
        )
        let adminLog = AdminLog(log: self.log, counts: self.counts)
        let responder = ControlResponder(service: service, counts: self.counts.control, adminLog: adminLog)
        do {
            let canWait = path.text == ControlProtocol.defaultSocketPath
            let (server, absence) = try ControlServer.start(at: path, canWait: canWait, responder) {
                self.report($0, socket: path.text)
            }
            if let absence {
                self.log.record(.controlUnavailable, metadata: ["socket": "\(path.text)", "reason": "\(absence)"])
            }
            _ = running.manager.repeat(every: Self.stormInterval) { adminLog.reportSuppressed() }
            return server
        } catch {
            self.log.record(.controlFailed, metadata: ["socket": "\(path.text)", "reason": "\(error)"])
            self.notifier.failed(status: "control socket \(path.text): \(error)", errno: error.errorCode)
            throw error
        }
    }

    private func report(_ news: ControlWatch.News, socket: String) {
        switch news {
        case .lost(let reason):
            self.log.record(.controlLost, metadata: ["socket": "\(socket)", "reason": "\(reason)"])
        case .reopened:
            self.log.record(.controlReopened, metadata: ["socket": "\(socket)"])
        }
    }
}
