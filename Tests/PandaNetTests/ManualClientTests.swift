import PandaNet
import Testing

/// The manual's client, translated line by line to Swift.
struct ManualClient {
    let manager = QueuedConnectionManager()
    let reader: QueuedConnectionReader
    let writer: ConnectionWriter
    let server: Connection

    init(port: Int) throws {
        self.reader = QueuedConnectionReader(self.manager, threads: 0)
        self.writer = ConnectionWriter(self.manager, threads: 0)
        self.server = try self.manager.openTCPClientConnection(
            host: "localhost",
            port: port,
            timeout: .milliseconds(3000)
        )
        self.reader.addConnection(self.server)
    }

    func say(_ text: String) throws -> Bool {
        var message = Datagram()
        message.addUint8(1)
        try message.addString(text)
        return self.writer.send(message, to: self.server)
    }

    /// Waits for the next text.
    func hear() throws -> String {
        while !self.reader.dataAvailable() { try #require(self.manager.waitForReaders(timeout: .seconds(10))) }
        let datagram = try #require(self.reader.getData())
        #expect(datagram.connection === self.server)
        var iterator = DatagramIterator(datagram.datagram)
        #expect(try iterator.getUint8() == 1)
        return try iterator.getString()
    }
}

extension SocketTests {
    @Suite("The manual's client")
    struct ManualClientTests {
        @Test("the client sends a text, gets the answer and leaves, and the server notices")
        func conversation() throws {
            var server = try ManualServer()
            let client = try ManualClient(port: server.rendezvous.address.port)
            #expect(try client.say("Hello, server!"))
            try server.run { $0.received == ["Hello, server!"] }
            try server.broadcast("Hello, world!")
            #expect(try client.hear() == "Hello, world!")
            #expect(client.manager.closeConnection(client.server))
            #expect(!client.manager.closeConnection(client.server))
            #expect(try !client.say("too late"))
            try server.run { $0.activeConnections.isEmpty }
            server.stop()
        }

        @Test("the end of the server is reported as one reset")
        func reset() throws {
            var server = try ManualServer()
            let client = try ManualClient(port: server.rendezvous.address.port)
            try server.run { $0.activeConnections.count == 1 }
            for connection in server.activeConnections { server.manager.closeConnection(connection) }
            while !client.manager.resetConnectionAvailable() {
                try #require(client.manager.waitForReaders(timeout: .seconds(10)))
            }
            #expect(client.manager.getResetConnection() === client.server)
            #expect(!client.manager.resetConnectionAvailable())
            server.stop()
        }

        @Test("a connect to a closed port throws refused")
        func refused() throws {
            let server = try ManualServer()
            let port = server.rendezvous.address.port
            #expect(server.manager.closeConnection(server.rendezvous))
            #expect(throws: ConnectError.refused(host: "127.0.0.1", port: port)) {
                _ = try server.manager.openTCPClientConnection(host: "127.0.0.1", port: port, timeout: .seconds(3))
            }
        }

        @Test("the async connect works in a task")
        func asynchronous() async throws {
            let server = try ManualServer()
            let manager = QueuedConnectionManager()
            let connection = try await manager.openTCPClientConnection(
                host: "127.0.0.1",
                port: server.rendezvous.address.port,
                timeout: .seconds(3)
            )
            let reader = QueuedConnectionReader(manager, threads: 0)
            #expect(reader.addConnection(connection))
            #expect(reader.isConnectionOK(connection))
        }
    }
}
