/// Who takes the datagrams of connections whose reader another thread may choose and change.
protocol DatagramSink: AnyObject, Sendable {
    /// Takes over datagrams, in order. On the connection's event loop.
    ///
    /// - Returns: false, with nothing taken, when the connection is no longer this sink's, or the sink is full; then it calls
    ///   `resume` of the intake once there is room.
    func take(_ datagrams: [NetDatagram], from connection: Connection) -> Bool
    /// Whether the connection may be read from now; if not, the sink calls `resume` of the intake once it may.
    func admitsRead(of connection: Connection) -> Bool
    /// Lets go of a connection that was closed or reset. Any thread.
    ///
    /// - Returns: false when it was not there.
    @discardableResult
    func remove(_ connection: Connection) -> Bool
}
