import Engine
import EngineSupport
import Testing
import Wire

@testable import PandaNet

extension SocketTests {
    @Suite("ConnectionWriter")
    struct ConnectionWriterTests {
        @Test("the writer uses the configured header size, or no header")
        func framing() throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.accept()
            for (size, isRaw) in [(2, false), (4, false), (0, false), (4, true)] {
                server.writer.setTCPHeaderSize(size)
                server.writer.setRawMode(isRaw)
                #expect(server.writer.send(Datagram(bytes: 7, 8), to: connection))
                #expect(server.writer.getTCPHeaderSize() == size)
                #expect(server.writer.getRawMode() == isRaw)
            }
            #expect(server.manager.closeConnection(connection))
            #expect(peer.bytesToEnd() == frame([7, 8], .two) + frame([7, 8], .four) + [7, 8] + [7, 8])
        }

        @Test(
            "the longest datagram of a two-byte header is sent, and one byte more is refused while the connection stays open"
        )
        func longest() throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.connect()
            let longest = [UInt8](repeating: 1, count: 65_535)
            #expect(server.writer.send(Datagram(longest), to: connection))
            #expect(!server.writer.send(Datagram(longest + [2]), to: connection))
            #expect(server.reader.isConnectionOK(connection))
            #expect(server.writer.send(Datagram(bytes: 3), to: connection))
            #expect(try peer.receive(2) == [longest, [3]])
        }

        @Test("datagrams from four threads all arrive, in the order of each thread", arguments: [0, 2])
        func threads(writerThreads: Int) async throws {
            let server = try QueuedServer(eventLoops: 2, writerThreads: writerThreads)
            let ends = try (0..<3).map { _ in try server.accept() }
            let count = 2_000
            let senders = (0..<4).map { thread in
                Task.detached {
                    for number in 0..<count {
                        var datagram = Datagram()
                        datagram.addUint8(UInt8(thread))
                        datagram.addUint16(UInt16(number))
                        for end in ends { #expect(server.writer.send(datagram, to: end.connection, block: true)) }
                    }
                }
            }
            for end in ends {
                let received = try end.peer.receive(4 * count)
                for thread in 0..<4 {
                    let numbers = received.filter { $0[0] == UInt8(thread) }.map { Int($0[1]) + 256 * Int($0[2]) }
                    #expect(numbers == Array(0..<count))
                }
            }
            for sender in senders { await sender.value }
        }

        @Test("a writer without threads blocks a send while the peer does not read")
        func blocking() async throws {
            let server = try QueuedServer(pendingBytesMax: 100_000)
            let (peer, connection) = try server.accept(receiveBufferBytes: 4096)
            let payloads = (0..<1_000).map { [UInt8](repeating: UInt8($0 % 251), count: 20_000) }
            let sending = Task.detached {
                payloads.allSatisfy { server.writer.send(Datagram($0), to: connection) }
            }
            while try await server.onLoop(of: connection, { connection.pendingBytes < 50_000 }) {}
            #expect(try await server.onLoop(of: connection) { connection.pendingBytes } <= 100_000)
            #expect(try peer.receive(payloads.count) == payloads)
            #expect(await sending.value)
        }

        @Test(
            "a blocked send returns false when the connection is closed here or by the peer",
            arguments: [true, false]
        )
        func blockedEnd(closesHere: Bool) async throws {
            let server = try QueuedServer(pendingBytesMax: 100_000)
            let (peer, connection) = try server.accept(receiveBufferBytes: 4096)
            let datagram = Datagram([UInt8](repeating: 1, count: 20_000))
            let sending = Task.detached { while server.writer.send(datagram, to: connection) {} }
            while try await server.onLoop(of: connection, { connection.pendingBytes < 50_000 }) {}
            if closesHere { server.manager.closeConnection(connection) } else { peer.abort() }
            await sending.value
            #expect(!server.writer.send(datagram, to: connection))
            if !closesHere { #expect(try server.reset() === connection) }
        }

        @Test("a writer with threads refuses a send when its queue is full, or blocks on request")
        func queue() async throws {
            let server = try QueuedServer(writerThreads: 1)
            server.writer.maxQueueSize = 5
            let (peer, connection) = try server.accept(receiveBufferBytes: 4096)
            let datagram = Datagram([UInt8](repeating: 1, count: 60_000))
            var sent = 0
            // The kernel's buffers fill first, and their size is unknown.
            while server.writer.send(datagram, to: connection) {
                sent += 1
                try #require(sent < 2_000)
                #expect(server.writer.currentQueueSize <= 5)
                try await server.onLoop(of: connection) {}
            }
            #expect(sent >= 5)
            #expect(!server.writer.isImmediate())
            let waiting = Task.detached { server.writer.send(datagram, to: connection, block: true) }
            let reading = Task.detached { peer.readToEnd() }
            #expect(await waiting.value)
            server.manager.closeConnection(connection)
            #expect(await reading.value % 60_002 == 0)
        }

        @Test("a send fails on a closed connection and on another manager's connection")
        func closed() throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.connect()
            let other = ConnectionWriter(QueuedConnectionManager(), threads: 0)
            #expect(!other.send(Datagram(bytes: 1), to: connection))
            #expect(server.manager.closeConnection(connection))
            #expect(!server.writer.send(Datagram(bytes: 1), to: connection))
            #expect(!connection.flush())
            #expect(!connection.considerFlush())
            #expect(peer.isEnded())
        }

        @Test("1,500 bytes of payload are valid for UDP, and one more is not")
        func validForUDP() {
            let writer = ConnectionWriter(QueuedConnectionManager(), threads: 0)
            #expect(writer.isValidForUDP(Datagram([UInt8](repeating: 0, count: 1_500))))
            #expect(!writer.isValidForUDP(Datagram([UInt8](repeating: 0, count: 1_501))))
        }
    }
}
