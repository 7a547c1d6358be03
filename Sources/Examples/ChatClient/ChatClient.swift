import Glibc
import PandaNet

/// The client of the manual's page "Client-Server Connection". It sends each line of its input and prints each received text.
///
///     swift run ChatClient [HOST [PORT]]
///
/// A message is a u8, 1 for text, and a string. After the end of its standard input the client listens for one more second.
@main
struct ChatClient {
    static let text: UInt8 = 1

    let manager = QueuedConnectionManager()
    let reader: QueuedConnectionReader
    let writer: ConnectionWriter
    let server: Connection

    static func main() {
        let arguments = CommandLine.arguments
        guard let port = arguments.count > 2 ? UInt16(arguments[2]) : 9099, port > 0 else {
            print("usage: ChatClient [HOST [PORT]]")
            exit(64)
        }
        do {
            let client = try ChatClient(host: arguments.count > 1 ? arguments[1] : "localhost", port: Int(port))
            try client.run()
        } catch {
            show("\(error)")
            exit(1)
        }
    }

    init(host: String, port: Int) throws(ConnectError) {
        self.reader = QueuedConnectionReader(self.manager, threads: 0)
        self.writer = ConnectionWriter(self.manager, threads: 0)
        self.server = try self.manager.openTCPClientConnection(host: host, port: port, timeout: .milliseconds(3000))
        self.reader.addConnection(self.server)
    }

    /// Sends and receives until the server is gone, or until one second after the end of the input.
    func run() throws {
        var input = Input()
        var end: ContinuousClock.Instant?
        while ContinuousClock.now < end ?? .now + .seconds(1) {
            self.manager.waitForReaders(timeout: .milliseconds(20))
            while let line = input.nextLine() { try self.say(line) }
            while let datagram = self.reader.getData() { try self.process(datagram) }
            if self.manager.getResetConnection() != nil { return show("the server has gone") }
            if input.hasEnded, end == nil { end = .now + .seconds(1) }
        }
        self.manager.closeConnection(self.server)
    }

    private func say(_ line: String) throws {
        var message = Datagram()
        message.addUint8(Self.text)
        try message.addString(line)
        if !self.writer.send(message, to: self.server) { show("not sent") }
    }

    private func process(_ datagram: NetDatagram) throws {
        var iterator = DatagramIterator(datagram.datagram)
        guard try iterator.getUint8() == Self.text else { return }
        // Without control characters: a text from another client must not control the terminal.
        let scalars = try iterator.getString().unicodeScalars.filter { $0.properties.generalCategory != .control }
        show(String(String.UnicodeScalarView(scalars)))
    }
}

/// Reads lines from the standard input without waiting for them.
struct Input {
    private(set) var hasEnded = false
    private var bytes: [UInt8] = []

    mutating func nextLine() -> String? {
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        if !self.hasEnded, poll(&input, 1, 0) > 0 {
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = read(STDIN_FILENO, &chunk, chunk.count)
            self.hasEnded = count <= 0
            self.bytes += chunk.prefix(max(0, count))
        }
        let isWhole = self.bytes.contains(UInt8(ascii: "\n"))
        guard isWhole || (self.hasEnded && !self.bytes.isEmpty) else { return nil }
        let line = self.bytes.prefix { $0 != UInt8(ascii: "\n") }
        self.bytes.removeFirst(min(line.count + 1, self.bytes.count))
        return String(decoding: line, as: UTF8.self)
    }
}

func show(_ line: String) {
    print(line)
    fflush(nil)
}
