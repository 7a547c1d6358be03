import Engine

/// Panda3D's collect-tcp (`connection.cxx`): datagrams are kept back and sent together. Any thread.
///
/// While it is on, a datagram that is sent stays here until a later `send`, `considerFlush` or `flush` finds the interval over
/// since something was last sent, or 32 KiB have come together. A program that uses it calls `considerFlush` in each frame.
/// These have effect on connections of a `QueuedConnectionManager` only.
extension Connection {
    /// Switches collecting on or off; off sends what was collected. Default: off.
    public func setCollectTcp(_ isOn: Bool) {
        self.link?.withCollecting { $0.isOn = isOn }
        if !isOn { self.flush() }
    }

    /// Whether collecting is on.
    public func getCollectTcp() -> Bool { self.link?.withCollecting { $0.isOn } ?? false }

    /// How long datagrams are kept back. Default: 0.2 s.
    public func setCollectTcpInterval(_ interval: Duration) { self.link?.withCollecting { $0.interval = interval } }

    /// How long datagrams are kept back; zero on a connection of no `QueuedConnectionManager`.
    public func getCollectTcpInterval() -> Duration { self.link?.withCollecting { $0.interval } ?? .zero }

    /// Sends what was collected when the interval is over.
    ///
    /// - Returns: false on a closed connection.
    @discardableResult
    public func considerFlush() -> Bool { self.link?.flush(ifDue: true, on: self) ?? false }

    /// Sends what was collected at once.
    ///
    /// - Returns: false on a closed connection.
    @discardableResult
    public func flush() -> Bool { self.link?.flush(ifDue: false, on: self) ?? false }
}
