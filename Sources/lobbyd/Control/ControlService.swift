import Control
import Logging
import NIOCore
import PandaNet

/// What the control socket can ask of the daemon.
///
/// It is called on the control socket's own threads, and answers when it can. A future that fails does so with a
/// `ControlError`, which is what the operator reads.
protocol ControlService: Sendable {
    func status() -> EventLoopFuture<StatusReport>
    /// Every counter, in an order for people.
    func counters() -> EventLoopFuture<[Counter]>
    /// In no order. Fails with `.notFound` where no listener has the name that is wanted.
    func connections(_ match: ConnectionMatch) -> EventLoopFuture<[ConnectionReport]>
    /// nil: there is none with that number.
    func connection(_ id: ConnectionID) -> EventLoopFuture<ConnectionReport?>
    /// Closes a connection.
    ///
    /// - Returns: false when it is not there, or ends already.
    func kick(_ id: ConnectionID, reason: String) -> EventLoopFuture<Bool>
    /// - Parameter duration: after it the level is what it was; nil is for good.
    func setLogLevel(_ level: Logger.Level, for duration: Duration?)
    /// Reads the configuration again. Fails with `.rejected` and all that is wrong with it, and nothing has changed; or with
    /// `.unavailable`.
    ///
    /// - Parameter uid: who asks.
    func reload(askedBy uid: UInt32) -> EventLoopFuture<ReloadReport>
    /// Begins the end of the process, as SIGTERM does; nothing more where it has begun.
    ///
    /// - Parameter uid: who asks.
    func drain(askedBy uid: UInt32)
}
