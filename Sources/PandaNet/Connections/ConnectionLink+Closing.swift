import Engine

extension ConnectionLink {
    /// The time for which a closed connection may still send its queued output. After this time the connection is cut.
    static let closingTime = Duration.seconds(30)

    /// Closes a connection. Datagrams that were sent on it before still leave.
    ///
    /// - Returns: false if this program has closed the connection before, or its reset was reported.
    func closeHere(_ connection: Connection) -> Bool {
        let reader = self.reader
        guard self.close(connection) else { return false }
        reader?.remove(connection)
        if let udpSocket {
            _ = udpSocket.close()
        } else {
            connection.onEventLoop {
                self.receiver?.discard()
                connection.closeAfterSending(within: Self.closingTime)
            }
        }
        return true
    }

    /// Reports a reset: the end of a connection that this program has not closed.
    ///
    /// - Returns: false if the reset was reported before, the connection is open, or this program has closed it.
    @discardableResult
    func reportReset(_ connection: Connection) -> Bool {
        guard self.takeReset() else { return false }
        self.reader?.remove(connection)
        self.core.resets.append(contentsOf: CollectionOfOne(connection))
        return true
    }
}
