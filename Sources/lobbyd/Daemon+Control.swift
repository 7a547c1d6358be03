import Control
import Engine
import Logging

/// The control socket, which serves `lobbyctl`.
extension Daemon {
    /// Opens the control socket.
    ///
    /// - Returns: nil if the configuration has no control socket. The server of the default path starts even without
    ///   its directory, and waits for it.
    /// - Throws: an error that is already logged.
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
