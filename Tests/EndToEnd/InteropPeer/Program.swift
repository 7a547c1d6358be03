import Glibc
import PandaNet

/// The manual's objects, polled, that each command works with.
struct Program {
    /// After which something that should have happened counts as broken.
    static let deadline = Duration.seconds(20)

    let manager = QueuedConnectionManager()
    let reader: QueuedConnectionReader
    let writer: ConnectionWriter

    init(_ framing: FramingOptions) {
        self.reader = QueuedConnectionReader(self.manager, threads: 0)
        self.writer = ConnectionWriter(self.manager, threads: 0)
        self.reader.setTCPHeaderSize(framing.headerSize)
        self.writer.setTCPHeaderSize(framing.headerSize)
        self.reader.setRawMode(framing.raw)
        self.writer.setRawMode(framing.raw)
    }

    /// A connection to a server, with the reader on it.
    func connect(_ server: ServerOptions) throws -> Connection {
        let connection = try self.manager.openTCPClientConnection(
            host: server.host,
            port: server.port,
            timeout: Self.deadline
        )
        self.reader.addConnection(connection)
        return connection
    }

    /// The next datagram.
    ///
    /// - Throws: `Failure` when the connection is lost, or nothing comes before the deadline.
    func receive() throws -> Datagram {
        while !self.reader.dataAvailable() {
            guard !self.manager.resetConnectionAvailable() else { throw Failure("the connection was lost") }
            guard self.manager.waitForReaders(timeout: Self.deadline) else { throw Failure("nothing came") }
        }
        guard let datagram = self.reader.getData() else { throw Failure("a datagram was announced and not there") }
        return datagram.datagram
    }

    /// A line for the test that started this program, at once.
    static func report(_ line: String) {
        print(line)
        fflush(nil)
    }
}

/// What the peer, or PandaNet itself, did wrong.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
