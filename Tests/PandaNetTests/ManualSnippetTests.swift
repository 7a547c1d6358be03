import PandaNet
import Testing

extension SocketTests {
    @Suite("The manual's snippets")
    struct ManualSnippetTests {
        @Test("the snippets compile inside a function and communicate with each other")
        func snippets() throws {
            let manager = QueuedConnectionManager()
            let listener = QueuedConnectionListener(manager, threads: 0)
            let reader = QueuedConnectionReader(manager, threads: 0)
            let writer = ConnectionWriter(manager, threads: 0)
            var activeConnections: [Connection] = []
            var texts: [String] = []

            let rendezvous = try manager.openTCPServerRendezvous(port: 0, backlog: 1000)
            listener.addConnection(rendezvous)

            func pollListener() {
                while listener.newConnectionAvailable() {
                    if let arrival = listener.getNewConnection() {
                        activeConnections.append(arrival.connection)
                        reader.addConnection(arrival.connection)
                    }
                }
            }
            func process(_ datagram: NetDatagram) throws {
                var iterator = DatagramIterator(datagram.datagram)
                let type = try iterator.getUint8()
                let text = try iterator.getString()
                texts.append("\(type) \(text)")
            }
            func pollReader() throws {
                while reader.dataAvailable() {
                    if let datagram = reader.getData() { try process(datagram) }
                }
            }
            func pollResets() {
                while manager.resetConnectionAvailable() {
                    if let lost = manager.getResetConnection() { manager.closeConnection(lost) }
                }
            }

            let port = rendezvous.address.port
            let server = try manager.openTCPClientConnection(
                host: "localhost",
                port: port,
                timeout: .milliseconds(3000)
            )
            reader.addConnection(server)
            while activeConnections.isEmpty {
                try #require(manager.waitForReaders(timeout: .seconds(10)))
                pollListener()
            }
            var message = Datagram()
            message.addUint8(1)
            try message.addString("Hello, world!")
            for connection in activeConnections { writer.send(message, to: connection) }
            while texts.isEmpty {
                try #require(manager.waitForReaders(timeout: .seconds(10)))
                try pollReader()
                pollResets()
            }
            #expect(texts == ["1 Hello, world!"])

            for connection in activeConnections { reader.removeConnection(connection) }
            manager.closeConnection(rendezvous)
        }
    }
}
