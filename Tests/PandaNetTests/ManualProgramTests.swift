import EngineSupport
import Glibc
import PandaNet
import Testing

/// The manual's server, translated line by line to Swift. It imports PandaNet only.
struct ManualServer {
    let manager = QueuedConnectionManager()
    let listener: QueuedConnectionListener
    let reader: QueuedConnectionReader
    let writer: ConnectionWriter
    let rendezvous: BoundRendezvous
    var activeConnections: [Connection] = []
    var received: [String] = []

    init() throws {
        self.listener = QueuedConnectionListener(self.manager, threads: 0)
        self.reader = QueuedConnectionReader(self.manager, threads: 0)
        self.writer = ConnectionWriter(self.manager, threads: 0)
        self.rendezvous = try self.manager.openTCPServerRendezvous(port: 0, backlog: 1000)
        self.listener.addConnection(self.rendezvous)
    }

    mutating func poll() throws {
        while self.listener.newConnectionAvailable() {
            if let arrival = self.listener.getNewConnection() {
                self.activeConnections.append(arrival.connection)
                self.reader.addConnection(arrival.connection)
            }
        }
        while self.reader.dataAvailable() {
            if let datagram = self.reader.getData() { try self.process(datagram) }
        }
        while self.manager.resetConnectionAvailable() {
            if let lost = self.manager.getResetConnection() {
                self.manager.closeConnection(lost)
                self.activeConnections.removeAll { $0 === lost }
            }
        }
    }

    private mutating func process(_ datagram: NetDatagram) throws {
        var iterator = DatagramIterator(datagram.datagram)
        guard try iterator.getUint8() == 1 else { return }
        self.received.append(try iterator.getString())
    }

    func broadcast(_ text: String) throws {
        var message = Datagram()
        message.addUint8(1)
        try message.addString(text)
        for connection in self.activeConnections { self.writer.send(message, to: connection) }
    }

    mutating func stop() {
        for connection in self.activeConnections { self.reader.removeConnection(connection) }
        self.activeConnections = []
        self.manager.closeConnection(self.rendezvous)
    }

    /// Polls until the condition holds, and sleeps between polls.
    mutating func run(until condition: (ManualServer) -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while !condition(self) {
            try #require(ContinuousClock.now < deadline)
            self.manager.waitForReaders(timeout: .seconds(1))
            try self.poll()
        }
    }
}

extension SocketTests {
    @Suite("The manual's program")
    struct ManualProgramTests {
        @Test("the server accepts, reads and answers clients, notices a reset, and stops")
        func program() throws {
            var server = try ManualServer()
            let port = server.rendezvous.address.port
            let peers = try (0..<3).map { _ in try Peer(port: port) }
            try server.run { $0.activeConnections.count == 3 }
            for peer in peers { try peer.send([1, 2, 0] + Array("Hi".utf8)) }
            try server.run { $0.received == ["Hi", "Hi", "Hi"] }
            try server.broadcast("Hello, world!")
            for peer in peers { #expect(try peer.receive(1) == [[1, 13, 0] + Array("Hello, world!".utf8)]) }
            peers[1].abort()
            try server.run { $0.activeConnections.count == 2 }
            try server.broadcast("You two")
            for peer in [peers[0], peers[2]] { #expect(try peer.receive(1) == [[1, 7, 0] + Array("You two".utf8)]) }
            server.stop()
            #expect(throws: PeerError.refused(ECONNREFUSED)) { try Peer(port: port) }
        }
    }
}
