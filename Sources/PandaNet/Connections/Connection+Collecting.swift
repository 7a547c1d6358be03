import Engine

/// Panda3D's collect-tcp (`connection.cxx`): the connection holds datagrams back and sends them together. Any thread.
///
/// While collecting is on, the connection keeps each datagram of `send`. A later `send` or `considerFlush` sends the collected
/// datagrams when the interval since the last sending is over. A `send` also sends them when they reach 32 KiB. `flush` always
/// sends them. A program that collects calls `considerFlush` in each frame. These methods have an effect only on connections of
/// a `QueuedConnectionManager`.
extension Connection {
    /// Switches collecting on or off. Switching it off sends the collected datagrams. Default: off.
    public func setCollectTcp(_ isOn: Bool) {
        self.link?.withCollecting { $0.isOn = isOn }
        if !isOn { self.flush() }
    }

    /// Whether collecting is on.
    public func getCollectTcp() -> Bool { self.link?.withCollecting { $0.isOn } ?? false }

    /// Sets the time for which datagrams are held back. Default: 0.2 s.
    public func setCollectTcpInterval(_ interval: Duration) { self.link?.withCollecting { $0.interval = interval } }

    /// The time for which datagrams are held back; zero on a connection that no `QueuedConnectionManager` has made.
    public func getCollectTcpInterval() -> Duration { self.link?.withCollecting { $0.interval } ?? .zero }

    /// Sends the collected datagrams if the interval is over.
    ///
    /// - Returns: false on a closed connection.
    @discardableResult
    public func considerFlush() -> Bool { self.link?.flush(ifDue: true, on: self) ?? false }

    /// Sends the collected datagrams at once.
    ///
    /// - Returns: false on a closed connection.
    @discardableResult
    public func flush() -> Bool { self.link?.flush(ifDue: false, on: self) ?? false }
}
