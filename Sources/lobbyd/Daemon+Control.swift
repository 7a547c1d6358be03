import Control
import Logging
import PandaNet

/// The socket that `lobbyctl` asks at.
extension Daemon {
    /// - Returns: nil where there is none, as configured or because its default place is not there.
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
            let server = try ControlServer.start(at: path, responder) { self.report($0, socket: path.text) }
            _ = running.manager.repeat(every: Self.stormInterval) { adminLog.reportSuppressed() }
            return server
        } catch  where error.isAbsentPlace && path.text == ControlProtocol.defaultSocketPath {
            self.log.warning("control.unavailable", metadata: ["socket": "\(path.text)", "reason": "\(error)"])
            return nil
        } catch {
            self.log.critical("control.failed", metadata: ["socket": "\(path.text)", "reason": "\(error)"])
            self.notifier.failed(status: "control socket \(path.text): \(error)", errno: error.errorCode)
            throw error
        }
    }

    private func report(_ news: ControlWatch.News, socket: String) {
        switch news {
        case .lost(let reason):
            self.log.warning("control.lost", metadata: ["socket": "\(socket)", "reason": "\(reason)"])
        case .reopened:
            self.log.notice("control.reopened", metadata: ["socket": "\(socket)"])
        }
    }
}
