import Glibc
import PandaNet

/// The server of the manual's page "Client-Server Connection". It sends each text to all clients, the sender included.
///
///     swift run ChatServer [PORT]
///
/// A message is a u8, 1 for text, and a string. The server ends on Ctrl-C, and at the end of its standard input (Ctrl-D).
@main
struct ChatServer {
    static let text: UInt8 = 1

    let manager = QueuedConnectionManager()
    let listener: QueuedConnectionListener
    let reader: QueuedConnectionReader
    /// The writer has 0 threads, as in the manual's program: `send` blocks while a client does not read.
    let writer: ConnectionWriter
    let rendezvous: BoundRendezvous
    var activeConnections: [Connection] = []

    static func main() {
        holdBackInterrupts()
        guard let port = CommandLine.arguments.count > 1 ? UInt16(CommandLine.arguments[1]) : 9099 else {
            print("usage: ChatServer [PORT]")
            exit(64)
        }
        do {
            var server = try ChatServer(port: Int(port))
            show("listening on \(server.rendezvous.address)")
            while !isToStop() { server.frame() }
            for connection in server.activeConnections { server.remove(connection) }
            server.manager.closeConnection(server.rendezvous)
        } catch {
            show("\(error)")
            exit(71)
        }
    }

    init(port: Int) throws {
        self.listener = QueuedConnectionListener(self.manager, threads: 0)
        self.reader = QueuedConnectionReader(self.manager, threads: 0)
        self.writer = ConnectionWriter(self.manager, threads: 0)
        self.rendezvous = try self.manager.openTCPServerRendezvous(port: port, backlog: 1000)
        self.listener.addConnection(self.rendezvous)
    }

    /// Does the work of one frame. A game would also draw here; this server waits for input, for 50 ms at most.
    mutating func frame() {
        self.manager.waitForReaders(timeout: .milliseconds(50))
        while let arrival = self.listener.getNewConnection() {
            show("\(arrival.address) has come")
            self.activeConnections.append(arrival.connection)
            self.reader.addConnection(arrival.connection)
        }
        while let datagram = self.reader.getData() { self.process(datagram) }
        while let lost = self.manager.getResetConnection() { self.remove(lost) }
    }

    private mutating func process(_ datagram: NetDatagram) {
        do {
            var iterator = DatagramIterator(datagram.datagram)
            guard try iterator.getUint8() == Self.text else { return }
            // `debugDescription` quotes the text: a client must not control the terminal.
            show("\(datagram.address): \(try iterator.getString().debugDescription)")
            for connection in self.activeConnections { self.writer.send(datagram.datagram, to: connection) }
        } catch {
            show("\(datagram.address): \(error)")
            self.remove(datagram.connection)
        }
    }

    private mutating func remove(_ connection: Connection) {
        guard let index = self.activeConnections.firstIndex(where: { $0 === connection }) else { return }
        self.activeConnections.remove(at: index)
        self.manager.closeConnection(connection)
        show("\(connection.peer) has gone")
    }
}

/// Blocks SIGINT, so that Ctrl-C waits until the frame loop looks for it. Call it before the manager starts its threads: they
/// inherit the signal mask.
func holdBackInterrupts() {
    var signals = sigset_t()
    sigaddset(&signals, SIGINT)
    sigprocmask(SIG_BLOCK, &signals, nil)
}

/// Whether the user has pressed Ctrl-C, or the standard input has ended.
func isToStop() -> Bool {
    var pending = sigset_t()
    sigpending(&pending)
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    var ignored: UInt64 = 0
    return sigismember(&pending, SIGINT) == 1 || (poll(&input, 1, 0) > 0 && read(STDIN_FILENO, &ignored, 8) <= 0)
}

func show(_ line: String) {
    print(line)
    fflush(nil)
}
