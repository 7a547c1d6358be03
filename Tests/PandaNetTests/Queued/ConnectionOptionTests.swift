import Glibc
import Testing
import Wire

@testable import PandaNet

extension SocketTests {
    @Suite("Options of a connection")
    struct ConnectionOptionTests {
        @Test("each option reaches the socket")
        func options() async throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.accept()
            try await connection.setNoDelay(false).get()
            try await connection.setKeepAlive(true).get()
            try await connection.setRecvBufferSize(20_000).get()
            try await connection.setSendBufferSize(30_000).get()
            try await connection.setIpTimeToLive(7).get()
            try await connection.setIpTypeOfService(0x10).get()
            try await connection.setReuseAddr(false).get()
            try await connection.setLinger(.milliseconds(1_500)).get()
            let values = try await server.onLoop(of: connection) {
                [
                    (CInt(IPPROTO_TCP), TCP_NODELAY), (SOL_SOCKET, SO_KEEPALIVE), (SOL_SOCKET, SO_RCVBUF),
                    (SOL_SOCKET, SO_SNDBUF), (CInt(IPPROTO_IP), IP_TTL), (CInt(IPPROTO_IP), IP_TOS),
                    (SOL_SOCKET, SO_REUSEADDR),
                ].map { level, name in
                    var value: CInt = -1
                    var size = socklen_t(MemoryLayout<CInt>.size)
                    getsockopt(connection.descriptor, level, name, &value, &size)
                    return value
                }
            }
            #expect(values == [0, 1, 40_000, 60_000, 7, 0x10, 0])
            let lingerSeconds = try await server.onLoop(of: connection) {
                var value = linger()
                var size = socklen_t(MemoryLayout<linger>.size)
                getsockopt(connection.descriptor, SOL_SOCKET, SO_LINGER, &value, &size)
                return value.l_onoff == 0 ? -1 : value.l_linger
            }
            #expect(lingerSeconds == 2)
            withExtendedLifetime(peer) {}
        }

        @Test("an option that the system refuses, or of a connection that has ended, is a failure")
        func refused() async throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.connect()
            await #expect(throws: (any Error).self) { try await connection.setIpTimeToLive(256).get() }
            peer.shutWriting()
            #expect(try server.reset() === connection)
            await #expect(throws: (any Error).self) { try await connection.setNoDelay(true).get() }
        }

        @Test("collected datagrams leave with a flush, a look after the interval, or 32 KiB, in order")
        func collecting() throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.accept()
            #expect(!connection.getCollectTcp())
            #expect(connection.getCollectTcpInterval() == .milliseconds(200))
            connection.setCollectTcpInterval(.seconds(1_000))
            connection.setCollectTcp(true)
            #expect(connection.flush())
            for number in 1...3 { #expect(server.writer.send(Datagram(bytes: UInt8(number)), to: connection)) }
            #expect(connection.considerFlush())
            #expect(connection.shard.outbox.takeAll().isEmpty)
            #expect(connection.flush())
            #expect(try peer.receive(3) == [[1], [2], [3]])
            #expect(server.writer.send(Datagram(bytes: 4), to: connection))
            connection.setCollectTcpInterval(.zero)
            #expect(connection.considerFlush())
            #expect(try peer.receive(1) == [[4]])
            connection.setCollectTcpInterval(.seconds(1_000))
            #expect(server.writer.send(Datagram(bytes: 5), to: connection))
            let large = [UInt8](repeating: 6, count: LinkState.Collecting.bytesMax)
            #expect(server.writer.send(Datagram(large), to: connection))
            #expect(try peer.receive(2) == [[5], large])
            #expect(server.writer.send(Datagram(bytes: 7), to: connection))
            connection.setCollectTcp(false)
            #expect(try peer.receive(1) == [[7]])
        }
    }
}
