import Engine
import EngineSupport
import Testing
import Wire

@testable import PandaNet

extension SocketTests {
    @Suite("QueuedConnectionReader")
    struct QueuedReaderTests {
        @Test("each datagram comes with its connection and address, including an empty one and the longest")
        func datagrams() throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.connect()
            let payloads = [[1, 2, 3], [], [UInt8](repeating: 7, count: 65_535), [9]]
            for payload in payloads { try peer.send(payload) }
            let received = try server.receive(4)
            #expect(received.map(\.datagram.bytes) == payloads)
            #expect(received.allSatisfy { $0.connection === connection && $0.address == connection.peer })
            #expect(!server.reader.dataAvailable())
            #expect(server.reader.getData() == nil)
        }

        @Test("a connection keeps the header size that its reader had when it was added")
        func framing() throws {
            let server = try QueuedServer()
            let two = try server.connect()
            server.reader.setTCPHeaderSize(4)
            let four = try server.connect(framing: .four)
            server.reader.setTCPHeaderSize(0)
            let none = try server.connect()
            server.reader.setTCPHeaderSize(2)
            server.reader.setRawMode(true)
            let raw = try server.connect()
            let long = [UInt8](repeating: 4, count: 65_536)
            try two.peer.send([2])
            #expect(try server.payloads(1) == [[2]])
            try four.peer.send([4], long)
            #expect(try server.payloads(2) == [[4], long])
            try none.peer.send(raw: [1, 0, 0])
            #expect(try server.payloads(1) == [[1, 0, 0]])
            try raw.peer.send(raw: [9, 9, 9])
            #expect(try server.payloads(1) == [[9, 9, 9]])
            #expect(server.reader.getTCPHeaderSize() == 2)
            #expect(server.reader.getRawMode())
        }

        @Test("frames that arrive in pieces are delivered whole and in order", arguments: [1, 2, 3, 5, 7])
        func cutAnywhere(chunkBytes: Int) async throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.connect()
            let payloads = [[1, 2, 3], [], [4], [UInt8](repeating: 5, count: 20), [6, 7]]
            let bytes = payloads.flatMap { frame($0) }
            for start in stride(from: 0, to: bytes.count, by: chunkBytes) {
                try peer.send(raw: Array(bytes[start..<min(start + chunkBytes, bytes.count)]))
                try await server.turnEnded(of: connection)
            }
            #expect(try server.payloads(payloads.count) == payloads)
            #expect(try await server.onLoop(of: connection) { connection.traffic.datagramsIn } == 5)
            #expect(try await server.onLoop(of: connection) { connection.traffic.bytesIn } == UInt64(bytes.count))
        }

        @Test("data sent before a reader was added is delivered first, and then the reset")
        func heldBeforeReader() async throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.accept()
            let payloads = (0..<50).map { [UInt8](repeating: $0, count: 1_000) }
            for payload in payloads { try peer.send(payload) }
            peer.shutWriting()
            try await server.turnEnded(of: connection)
            #expect(!server.manager.resetConnectionAvailable())
            #expect(server.reader.addConnection(connection))
            #expect(try server.payloads(50) == payloads)
            #expect(try server.reset() === connection)
        }

        @Test("frames of a removed connection wait for the next reader")
        func nextReader() async throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.connect()
            try peer.send(raw: frame([1]) + frame([2, 2]).prefix(3))
            #expect(try server.payloads(1) == [[1]])
            #expect(server.reader.removeConnection(connection))
            #expect(!server.reader.removeConnection(connection))
            #expect(!server.reader.isConnectionOK(connection))
            try peer.send(raw: Array(frame([2, 2]).dropFirst(3)) + frame([3]))
            let next = QueuedConnectionReader(server.manager, threads: 0)
            #expect(next.addConnection(connection))
            try server.wait { next.currentQueueSize == 2 }
            #expect(next.getData()?.datagram.bytes == [2, 2])
            #expect(next.getData()?.datagram.bytes == [3])
            #expect(!server.reader.dataAvailable())
        }

        @Test("a connection has at most one reader, and a closed connection cannot get one")
        func oneReader() throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.connect()
            let other = QueuedConnectionReader(server.manager, threads: 0)
            #expect(!server.reader.addConnection(connection))
            #expect(!other.addConnection(connection))
            #expect(server.reader.isConnectionOK(connection))
            #expect(!other.isConnectionOK(connection))
            #expect(server.manager.closeConnection(connection))
            #expect(!other.addConnection(connection))
            #expect(!server.reader.isConnectionOK(connection))
            #expect(!QueuedConnectionReader(QueuedConnectionManager(), threads: 0).addConnection(connection))
            #expect(peer.isEnded())
        }

        @Test("a full polled reader stops reading, so no datagram is lost and memory stays bounded")
        func backpressure() async throws {
            let server = try QueuedServer()
            server.reader.maxQueueSize = 10
            let (peer, _) = try server.connect()
            let payloads = (0..<2_000).map { [UInt8](repeating: UInt8($0 % 251), count: 10_000) }
            let sending = Task.detached { for payload in payloads { try peer.send(payload) } }
            try server.wait { server.reader.currentQueueSize >= 10 }
            var received: [[UInt8]] = []
            var most = 0
            while received.count < payloads.count {
                most = max(most, server.reader.currentQueueSize)
                received += try server.payloads(1)
            }
            try await sending.value
            #expect(received == payloads)
            #expect(most <= 10 + 65_536 / 10_000 + 1)
            #expect(!server.reader.overflowFlag)
        }

        @Test("many connections stay within a full reader's bound, keep their order, and report their ends last")
        func manyBlocked() throws {
            let server = try QueuedServer(eventLoops: 2)
            server.reader.maxQueueSize = 10
            let ends = try (0..<20).map { _ in try server.connect() }
            for (index, end) in ends.enumerated() {
                let frames = (0..<200).flatMap { frame([UInt8(index), UInt8($0)] + [UInt8](repeating: 0, count: 400)) }
                try end.peer.send(raw: frames)
                end.peer.shutWriting()
            }
            var numbers = [[UInt8]](repeating: [], count: 20)
            while numbers.contains(where: { $0.count < 200 }) {
                #expect(server.reader.currentQueueSize <= 10 + 65_536 / 404)
                let payload = try server.payloads(1)[0]
                numbers[Int(payload[0])].append(payload[1])
            }
            #expect(numbers.allSatisfy { $0 == Array(0..<200) })
            let resets = try (0..<20).map { _ in try server.reset().id }
            #expect(Set(resets) == Set(ends.map(\.connection.id)))
        }

        @Test("a threaded reader drops the newest datagrams at its bound and sets the flag")
        func overflow() throws {
            let server = try QueuedServer(readerThreads: 1)
            server.reader.maxQueueSize = 3
            let (peer, connection) = try server.connect()
            #expect(!server.reader.isPolling())
            try peer.send([1], [2], [3])
            try server.wait { server.reader.currentQueueSize == 3 }
            #expect(!server.reader.overflowFlag)
            try peer.send([4])
            peer.shutWriting()
            #expect(try server.reset() === connection)
            #expect(server.reader.overflowFlag)
            #expect((0..<4).map { _ in server.reader.getData()?.datagram.bytes } == [[1], [2], [3], nil])
            server.reader.resetOverflowFlag()
            #expect(!server.reader.overflowFlag)
        }

        @Test("a RecentConnectionReader keeps only the latest datagram")
        func recent() throws {
            let server = try QueuedServer()
            let reader = RecentConnectionReader(server.manager)
            let (peer, connection) = try server.accept()
            try peer.send([1], [2], [3])
            peer.shutWriting()
            #expect(reader.addConnection(connection))
            #expect(try server.reset() === connection)
            #expect(reader.dataAvailable())
            #expect(reader.getData()?.datagram.bytes == [3])
            #expect(!reader.dataAvailable())
        }

        @Test("datagrams and arrivals can be awaited until the task is cancelled or the reader shuts down")
        func asynchronous() async throws {
            let server = try QueuedServer()
            let serving = Task {
                for await arrival in server.listener.arrivals { server.reader.addConnection(arrival.connection) }
            }
            let echoing = Task {
                var count = 0
                for await datagram in server.reader.datagrams {
                    server.writer.send(datagram.datagram, to: datagram.connection)
                    count += 1
                }
                return count
            }
            let peer = try Peer(port: server.port)
            let payloads = (0..<100).map { [UInt8($0)] }
            for payload in payloads { try peer.send(payload) }
            #expect(try peer.receive(100) == payloads)
            serving.cancel()
            await serving.value
            server.reader.shutdown()
            #expect(await echoing.value == 100)
        }

        @Test("a length over the manager's bound closes the connection and is reported as a reset")
        func oversized() throws {
            let server = try QueuedServer()
            server.reader.setTCPHeaderSize(4)
            let (peer, connection) = try server.connect(framing: .four)
            try peer.send([UInt8](repeating: 1, count: 1024 * 1024))
            #expect(try server.payloads(1)[0].count == 1024 * 1024)
            try peer.send(raw: [1, 0, 16, 0])
            #expect(try server.reset() === connection)
            #expect(peer.isEnded())
        }
    }
}
