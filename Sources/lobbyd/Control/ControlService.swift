import Control
import Engine
import Logging

/// What the control socket can ask of the daemon.
///
/// It is called on the control socket's own threads, which wait for the answer. The operator reads each
/// `ControlError` that it throws.
protocol ControlService: Sendable {
    /// As of the last `CountsCache.ageMax`, unless something was changed since.
    func status() throws -> StatusReport
    /// Every counter, in an order for people; as old as `status`.
    func counters() throws -> [Counter]
    /// Calls `body` with the connections, in no order, for one client at a time.
    ///
    /// Throws `.notFound` where no listener has the name that is wanted.
    func withConnections<Result>(
        _ match: ConnectionMatch,
        _ body: ([ConnectionReport]) throws -> Result
    ) throws -> Result
    /// nil: there is none with that number.
    func connection(_ id: ConnectionID) throws -> ConnectionReport?
    /// Closes a connection.
    ///
    /// - Returns: false when it is not there, or ends already.
    func kick(_ id: ConnectionID, reason: String) throws -> Bool
    /// - Parameter duration: after it the level is what it was; nil is for good.
    func setLogLevel(_ level: Logger.Level, for duration: Duration?)
    /// Reads the configuration again. Throws `.rejected` with all errors, and leaves the old one in force; or throws
    /// `.unavailable`.
    ///
    /// - Parameter uid: who asks.
    func reload(askedBy uid: UInt32) throws -> ReloadReport
    /// Begins the end of the process, as SIGTERM does; nothing more where it has begun.
    ///
    /// - Parameter uid: who asks.
    func drain(askedBy uid: UInt32)
    /// A command that changes something was tried: no later answer may be older.
    func changed()
}
