import Engine
import EngineSupport
import Glibc
import Testing
import Wire

@testable import PandaNet

extension SocketTests {
    @Suite("QueuedConnectionManager")
    struct QueuedManagerTests {
        @Test("a lost connection is reported once, and is already closed", arguments: [true, false])
        func reset(isAborted: Bool) throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.connect()
            if isAborted { peer.abort() } else { peer.shutWriting() }
            #expect(try server.reset() === connection)
            #expect(!server.reader.isConnectionOK(connection))
            #expect(!server.writer.send(Datagram(bytes: 1), to: connection))
            #expect(!server.manager.closeConnection(connection))
            #expect(!server.reader.removeConnection(connection))
            #expect(!server.reader.addConnection(connection))
            #expect(!server.manager.resetConnectionAvailable())
        }

        @Test("a connection that the program closed is not a reset, and a second close returns false")
        func closed() async throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.connect()
            #expect(server.manager.closeConnection(connection))
            #expect(!server.manager.closeConnection(connection))
            #expect(!QueuedConnectionManager().closeConnection(connection))
            #expect(peer.isEnded())
            peer.shutWriting()
            while try await server.onLoop(of: connection, { connection.descriptor >= 0 }) {}
            #expect(!server.manager.resetConnectionAvailable())
        }

        @Test("datagrams that were sent before a close arrive, including collected ones")
        func closeFlushes() throws {
            let server = try QueuedServer(pendingBytesMax: 8 * 1024 * 1024)
            let (peer, connection) = try server.connect()
            let payloads = (0..<100).map { [UInt8](repeating: $0, count: 60_000) }
            for payload in payloads { #expect(server.writer.send(Datagram(payload), to: connection)) }
            connection.setCollectTcpInterval(.seconds(1_000))
            connection.setCollectTcp(true)
            #expect(server.writer.send(Datagram(bytes: 9), to: connection))
            #expect(server.manager.closeConnection(connection))
            #expect(try peer.receive(101) == payloads + [[9]])
            #expect(peer.isEnded())
        }

        @Test("a peer that keeps its side open is closed after the linger time, even while it sends")
        func linger() async throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.connect()
            let start = ContinuousClock.now
            #expect(server.manager.closeConnection(connection))
            try peer.send([UInt8](repeating: 1, count: 60_000))
            #expect(peer.isEnded())
            while try await server.onLoop(of: connection, { connection.descriptor >= 0 }) {}
            #expect(.now - start < .seconds(5))
            #expect(!server.reader.dataAvailable())
        }

        @Test("a closed connection is freed when its peer closes, long before the close times out")
        func released() async throws {
            let server = try QueuedServer()
            weak var closed: Connection?
            let peer = try self.closedConnection(of: server, &closed)
            #expect(peer.isEnded())
            peer.shutWriting()
            let deadline = ContinuousClock.now + .seconds(10)
            while closed != nil {
                try #require(ContinuousClock.now < deadline, "the connection is still held")
                await Task.yield()
            }
        }

        /// A separate function, so the caller holds no reference to the connection.
        private func closedConnection(of server: QueuedServer, _ closed: inout Connection?) throws -> Peer {
            let (peer, connection) = try server.connect()
            #expect(server.manager.closeConnection(connection))
            closed = connection
            return peer
        }

        @Test("a connection without a reader is reported as a reset after a failed send")
        func resetOfUnread() async throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.accept()
            peer.abort()
            #expect(!server.manager.resetConnectionAvailable())
            let deadline = ContinuousClock.now + patience
            while server.writer.send(Datagram(bytes: 1), to: connection) {
                try #require(ContinuousClock.now < deadline, "the writer does not hear of the end")
                try await server.turnEnded(of: connection)
            }
            #expect(try server.reset() === connection)
            #expect(!server.manager.resetConnectionAvailable())
        }

        @Test("resets past the bound of the queue are dropped and set the flag")
        func resetOverflow() throws {
            let server = try QueuedServer()
            server.manager.maxQueueSize = 1
            let ends = try (0..<2).map { _ in try server.connect() }
            for end in ends { end.peer.shutWriting() }
            while server.manager.overflowFlag == false { try server.wait { server.manager.resetConnectionAvailable() } }
            #expect(server.manager.currentQueueSize == 1)
            server.manager.resetOverflowFlag()
            #expect(!server.manager.overflowFlag)
        }

        @Test("a closed rendezvous refuses clients, frees its port and closes once, while connections stay open")
        func rendezvous() throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.connect()
            #expect(server.manager.closeConnection(server.rendezvous))
            #expect(!server.manager.closeConnection(server.rendezvous))
            #expect(!server.listener.addConnection(server.rendezvous))
            #expect(throws: PeerError.refused(ECONNREFUSED)) { try Peer(port: server.port) }
            let again = try server.manager.openTCPServerRendezvous(host: "127.0.0.1", port: server.port)
            #expect(throws: RendezvousError.self) {
                try server.manager.openTCPServerRendezvous(host: "127.0.0.1", port: server.port)
            }
            #expect(server.manager.closeConnection(again))
            #expect(server.writer.send(Datagram(bytes: 1), to: connection))
            #expect(try peer.receive(1) == [[1]])
        }

        @Test("the async open of a rendezvous works in a task, and throws an error")
        func asynchronous() async throws {
            let manager = QueuedConnectionManager()
            let listener = QueuedConnectionListener(manager, threads: 0)
            let rendezvous = try await manager.openTCPServerRendezvous(host: "127.0.0.1", port: 0)
            await #expect(throws: RendezvousError.self) {
                try await manager.openTCPServerRendezvous(host: "127.0.0.1", port: rendezvous.address.port)
            }
            #expect(listener.addConnection(rendezvous))
            let peer = try Peer(port: rendezvous.address.port)
            var arrivals = listener.arrivals.makeAsyncIterator()
            #expect(await arrivals.next()?.rendezvous.address == rendezvous.address)
            withExtendedLifetime(peer) {}
        }

        @Test(
            "waitForReaders returns on data, on a client, on a reset and at its timeout, and at once for a threaded reader"
        )
        func waiting() throws {
            let server = try QueuedServer()
            #expect(!server.manager.waitForReaders(timeout: .zero))
            let start = ContinuousClock.now
            #expect(!server.manager.waitForReaders(timeout: .milliseconds(50)))
            #expect(.now - start >= .milliseconds(50))
            let peer = try Peer(port: server.port)
            #expect(server.manager.waitForReaders(timeout: nil))
            let connection = try #require(server.listener.getNewConnection()).connection
            server.reader.addConnection(connection)
            try peer.send([1])
            #expect(server.manager.waitForReaders(timeout: .seconds(-1)))
            #expect(server.reader.getData()?.datagram.bytes == [1])
            peer.shutWriting()
            #expect(server.manager.waitForReaders(timeout: patience))
            #expect(server.manager.getResetConnection() === connection)
            let threaded = QueuedConnectionReader(server.manager, threads: 1)
            #expect(!server.manager.waitForReaders(timeout: nil))
            withExtendedLifetime(threaded) {}
        }

        @Test("clients past the bound of a listener are closed and set the flag")
        func arrivalOverflow() throws {
            let server = try QueuedServer()
            server.listener.maxQueueSize = 2
            let peers = try (0..<3).map { _ in try Peer(port: server.port) }
            #expect(peers[2].isEnded())
            #expect(server.listener.overflowFlag)
            #expect(server.listener.currentQueueSize == 2)
            for _ in 0..<2 {
                let arrival = try server.arrival()
                #expect(arrival.address == arrival.connection.peer)
                #expect(arrival.rendezvous.address == server.rendezvous.address)
            }
            #expect(server.listener.getNewConnection() == nil)
            server.listener.resetOverflowFlag()
            #expect(!server.listener.overflowFlag)
        }

        @Test("a removed rendezvous accepts no client until another listener adds it")
        func listenerRemoved() throws {
            let server = try QueuedServer()
            #expect(server.listener.removeConnection(server.rendezvous))
            #expect(!server.listener.removeConnection(server.rendezvous))
            let peer = try Peer(port: server.port)
            #expect(!server.manager.waitForReaders(timeout: .zero))
            let other = QueuedConnectionListener(server.manager, threads: 0)
            #expect(other.addConnection(server.rendezvous))
            #expect(!server.listener.addConnection(server.rendezvous))
            try server.wait { other.newConnectionAvailable() }
            #expect(other.getNewConnection() != nil)
            withExtendedLifetime(peer) {}
        }

        @Test("when the manager is released, its connections send their last datagrams and close")
        func goneManager() throws {
            var server: QueuedServer? = try QueuedServer()
            let (peer, connection) = try #require(try server?.connect())
            #expect(server?.writer.send(Datagram(bytes: 1), to: connection) == true)
            server = nil
            #expect(try peer.receive(1) == [[1]])
            #expect(peer.isEnded())
        }

        @Test("1,500 concurrent connections are read and answered")
        func manyConnections() throws {
            try raiseDescriptorLimit(to: 4_096)
            let server = try QueuedServer(eventLoops: 2)
            let peers = try (0..<1_500).map { _ in
                let peer = try Peer(port: server.port)
                server.reader.addConnection(try server.arrival().connection)
                return peer
            }
            for (index, peer) in peers.enumerated() { try peer.send([UInt8(index % 256), UInt8(index / 256)]) }
            for datagram in try server.receive(1_500) {
                #expect(server.writer.send(datagram.datagram, to: datagram.connection))
            }
            for (index, peer) in peers.enumerated() {
                #expect(try peer.receive(1) == [[UInt8(index % 256), UInt8(index / 256)]])
            }
        }

        @Test("the host name and the loopback interface are found")
        func machine() throws {
            var name = [CChar](repeating: 0, count: 256)
            gethostname(&name, name.count)
            let expected = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            #expect(QueuedConnectionManager.getHostName() == expected)
            let manager = QueuedConnectionManager()
            let loopback = try #require(manager.getInterfaces().first { $0.address == "127.0.0.1" })
            #expect(loopback.name == "lo")
            #expect(loopback.netmask == "255.0.0.0")
            try manager.scanInterfaces()
            #expect(manager.getInterfaces().contains(loopback))
        }

        private func raiseDescriptorLimit(to count: rlim_t) throws {
            var limit = rlimit()
            try #require(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            guard limit.rlim_cur < count else { return }
            limit.rlim_cur = min(count, limit.rlim_max)
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        }
    }
}
