import Engine

extension ConnectionLink {
    /// How long the output that waits for a peer may take to leave after its connection was closed; then it is cut.
    static let closingTime = Duration.seconds(30)

    /// Closes a connection: what was sent on it before still reaches the peer.
    ///
    /// - Returns: false when it was closed already, here or by a reset that was reported.
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

    /// Reports the end of a connection that this program did not ask for.
    ///
    /// - Returns: false when it was reported before, has not ended, or was closed here.
    @discardableResult
    func reportReset(_ connection: Connection) -> Bool {
        guard self.takeReset() else { return false }
        self.reader?.remove(connection)
        self.core.resets.append(contentsOf: CollectionOfOne(connection))
        return true
    }
}
