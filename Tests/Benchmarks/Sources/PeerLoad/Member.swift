/// One connection of a load: its incomplete input, its unsent output, and its expected sequence numbers.
struct Member {
    let socket: LoadSocket
    var input: [UInt8] = []
    var output: [UInt8] = []
    /// The last received sequence number of each publisher.
    var sequences: [UInt32]
    /// As a publisher: its last sequence number, and the last one of its own that came back.
    var published: UInt32 = 0
    var returned: UInt32 = 0
    /// With a rate: the time at which its next message is due.
    var due: UInt64 = 0

    init(port: UInt16, publishers: Int) throws {
        self.socket = try LoadSocket(port: port)
        self.sequences = [UInt32](repeating: 0, count: publishers)
    }

    mutating func send(_ bytes: [UInt8]) throws {
        self.output += bytes
        try self.flush()
    }

    mutating func flush() throws {
        guard !self.output.isEmpty else { return }
        let sent = try self.socket.send(self.output[...])
        self.output.removeFirst(sent)
    }
}
