import Control
import Engine
import Logging

/// The operations that control clients can request from the daemon.
///
/// The threads of control connections call these operations, and block until the answer. Operators read the text of
/// each thrown `ControlError`.
protocol ControlService: Sendable {
    /// The status, at most `CountsCache.ageMax` old and never older than the last change.
    func status() throws -> StatusReport
    /// Every counter, in the order of the documents. The values are at most as old as in `status`.
    func counters() throws -> [Counter]
    /// Calls `body` with the matching connections, in no particular order. It serves one client at a time.
    ///
    /// Throws `.notFound` if neither a listener nor a connection has the wanted listener's name.
    func withConnections<Result>(
        _ match: ConnectionMatch,
        _ body: ([ConnectionReport]) throws -> Result
    ) throws -> Result
    /// The connection with that number, or nil.
    func connection(_ id: ConnectionID) throws -> ConnectionReport?
    /// Closes a connection.
    ///
    /// - Returns: false if it does not exist or is already closing.
    func kick(_ id: ConnectionID, reason: String) throws -> Bool
    /// Sets the level of the log.
    ///
    /// - Parameter duration: the time after which the old level returns; nil keeps the new one.
    func setLogLevel(_ level: Logger.Level, for duration: Duration?)
    /// Reloads the configuration. Throws `.rejected` with all errors if the old one stays in force, and `.unavailable`
    /// if lobbyd is shutting down.
    ///
    /// - Parameter uid: the user who asks.
    func reload(askedBy uid: UInt32) throws -> ReloadReport
    /// Starts the drain, as SIGTERM does. A no-op if the drain has already started.
    ///
    /// - Parameter uid: the user who asks.
    func drain(askedBy uid: UInt32)
    /// Notes that a command has tried to change something. Later answers must not use data from before this call.
    func changed()
}
