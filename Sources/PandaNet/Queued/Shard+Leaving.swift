import NIOCore

/// How a connection ends that this program closes from another thread: what was sent on it still reaches the peer.
extension Shard {
    /// How long what waits for a peer may take to be sent after its connection was closed; then it is cut.
    static let leaveTime = TimeAmount.seconds(30)

    /// Sends what waits, shuts this side, and closes once the peer has ended too or `lingerTime` is over.
    func beginLeaving(_ connection: Connection) {
        if let socket = connection.udpSocket {
            _ = socket.close()
            return
        }
        guard connection.isOpen, let context = connection.context else { return }
        connection.state = .leaving
        connection.intake?.discard()
        context.channel.read()
        self.close(connection, after: Self.leaveTime)
        if connection.pending.isEmpty { self.leave(connection) }
    }

    /// All was sent. Closing at once would answer with a reset whatever the peer still sends, and cost it what it has not read.
    func leave(_ connection: Connection) {
        connection.context?.close(mode: .output, promise: nil)
        self.close(connection, after: Self.lingerTime)
    }

    private func close(_ connection: Connection, after time: TimeAmount) {
        self.pipe.post(after: time) { connection.context?.close(promise: nil) }
    }
}
