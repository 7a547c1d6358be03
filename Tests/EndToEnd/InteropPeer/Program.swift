import Glibc
import PandaNet

/// The manual's objects, polled. Each command works with them.
struct Program {
    /// The time after which a missing event counts as a failure.
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

    /// Opens a connection to a server and adds it to the reader.
    func connect(_ server: ServerOptions) throws -> Connection {
        let connection = try self.manager.openTCPClientConnection(
            host: server.host,
            port: server.port,
            timeout: Self.deadline
        )
        self.reader.addConnection(connection)
        return connection
    }

    /// Returns the next datagram.
    ///
    /// - Throws: `Failure` if the connection is lost, or if no datagram arrives before the deadline.
    func receive() throws -> Datagram {
        while !self.reader.dataAvailable() {
            guard !self.manager.resetConnectionAvailable() else { throw Failure("the connection was lost") }
            guard self.manager.waitForReaders(timeout: Self.deadline) else { throw Failure("no datagram arrived") }
        }
        guard let datagram = self.reader.getData() else { throw Failure("a datagram was announced but missing") }
        return datagram.datagram
    }

    /// Prints a line at once, for the test that started this program.
    static func report(_ line: String) {
        print(line)
        fflush(nil)
    }
}

/// A fault of the peer or of PandaNet.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
