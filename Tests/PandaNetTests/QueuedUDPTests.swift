import Glibc
import PandaNet
import Testing

extension SocketTests {
    @Suite("UDP with the manual's classes")
    struct QueuedUDPTests {
        /// A program with the manual's classes over UDP.
        struct Program {
            let manager = QueuedConnectionManager()
            let reader: QueuedConnectionReader
            let writer: ConnectionWriter
            let connection: Connection

            init(port: Int = 0, isRaw: Bool = false) throws {
                self.reader = QueuedConnectionReader(self.manager, threads: 0)
                self.writer = ConnectionWriter(self.manager, threads: 0)
                self.connection = try self.manager.openUDPConnection(host: "127.0.0.1", port: port, isRaw: isRaw)
                #expect(self.reader.addConnection(self.connection))
            }

            var address: NetAddress {
                get throws { try #require(self.connection.udpSocket?.address) }
            }

            func hear() throws -> NetDatagram {
                while !self.reader.dataAvailable() {
                    try #require(self.manager.waitForReaders(timeout: .seconds(10)))
                }
                return try #require(self.reader.getData())
            }
        }

        private func message(_ byteCount: Int) -> Datagram {
            var message = Datagram()
            message.appendData((0..<byteCount).map { UInt8(truncatingIfNeeded: $0) })
            return message
        }

        @Test("a datagram arrives with its sender's address, and can be answered", arguments: [false, true])
        func conversation(isRaw: Bool) throws {
            let (server, client) = (try Program(isRaw: isRaw), try Program(isRaw: isRaw))
            for byteCount in [1, 255, 1_500] {
                #expect(client.writer.send(self.message(byteCount), to: client.connection, address: try server.address))
                let heard = try server.hear()
                #expect(heard.datagram == self.message(byteCount))
                #expect(heard.connection === server.connection)
                #expect(try heard.address == client.address)
                #expect(server.writer.send(heard.datagram, to: server.connection, address: heard.address))
                #expect(try client.hear().datagram == self.message(byteCount))
            }
        }

        @Test("a send over 1,500 bytes, without an address or after the close returns false")
        func refused() throws {
            let (server, client) = (try Program(), try Program())
            #expect(!client.writer.send(self.message(1_501), to: client.connection, address: try server.address))
            #expect(!client.writer.send(self.message(1), to: client.connection))
            #expect(client.manager.closeConnection(client.connection))
            #expect(!client.manager.closeConnection(client.connection))
            #expect(!client.writer.send(self.message(1), to: client.connection, address: try server.address))
            #expect(!client.reader.isConnectionOK(client.connection))
        }

        @Test("datagrams wait in the kernel while the polled reader is full or missing")
        func backpressure() throws {
            let (server, client) = (try Program(), try Program())
            server.reader.maxQueueSize = 2
            for byteCount in 1...20 {
                #expect(client.writer.send(self.message(byteCount), to: client.connection, address: try server.address))
            }
            for byteCount in 1...10 {
                #expect(server.reader.currentQueueSize <= 2)
                #expect(try server.hear().datagram == self.message(byteCount))
            }
            #expect(server.reader.removeConnection(server.connection))
            while server.reader.getData() != nil {}
            #expect(client.writer.send(self.message(99), to: client.connection, address: try server.address))
            let next = QueuedConnectionReader(server.manager, threads: 0)
            #expect(next.addConnection(server.connection))
            var last: NetDatagram?
            while last?.datagram.byteCount != 99 {
                try #require(server.manager.waitForReaders(timeout: .seconds(10)))
                last = next.getData() ?? last
            }
        }

        @Test("the async open of a UDP socket works in a task")
        func asynchronous() async throws {
            let (manager, server) = (QueuedConnectionManager(), try Program())
            let connection = try await manager.openUDPConnection(host: "127.0.0.1")
            let writer = ConnectionWriter(manager, threads: 0)
            #expect(writer.send(self.message(3), to: connection, address: try server.address))
            #expect(try server.hear().address == connection.udpSocket?.address)
        }

        @Test("a port in use throws")
        func taken() throws {
            let server = try Program()
            let port = try server.address.port
            #expect(throws: SystemError(code: EADDRINUSE, call: "bind")) { try Program(port: port) }
        }
    }
}
