import Engine
import EngineSupport
import Glibc
import Testing
import Wire

@testable import PandaNet

@Suite("SocketOption")
struct SocketOptionTests {
    @Test("a linger time rounds up to whole seconds, nil turns it off, and a negative time is zero")
    func linger() {
        #expect(SocketOption.linger(.milliseconds(1_500)).value == [1, 2])
        #expect(SocketOption.linger(.seconds(3)).value == [1, 3])
        #expect(SocketOption.linger(.seconds(-1)).value == [1, 0])
        #expect(SocketOption.linger(nil).value == [0, 0])
    }

    @Test("a number out of range is clamped to the range of setsockopt(2)")
    func clamped() {
        #expect(SocketOption.receiveBuffer(.max).value == [.max])
        #expect(SocketOption.linger(.seconds(Int64.max)).value == [1, .max])
    }

    @Test("IPv6 has its own options for hop limit and traffic class")
    func families() {
        #expect(SocketOption.timeToLive(7, isIPv6: true) == SocketOption(CInt(IPPROTO_IPV6), IPV6_UNICAST_HOPS, 7))
        #expect(SocketOption.timeToLive(7, isIPv6: false) == SocketOption(CInt(IPPROTO_IP), IP_TTL, 7))
        #expect(SocketOption.typeOfService(8, isIPv6: true) == SocketOption(CInt(IPPROTO_IPV6), IPV6_TCLASS, 8))
        #expect(SocketOption.typeOfService(8, isIPv6: false) == SocketOption(CInt(IPPROTO_IP), IP_TOS, 8))
    }

    @Test("setting an option without a socket throws ENOTCONN")
    func noSocket() {
        #expect(throws: SystemError(code: ENOTCONN, call: "setsockopt")) { try SocketOption.noDelay(true).set(on: -1) }
    }
}

extension SocketTests {
    @Suite("Options of a connection")
    struct ConnectionOptionTests {
        @Test("each option reaches the socket")
        func options() async throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.accept()
            try await connection.setNoDelay(false)
            try await connection.setKeepAlive(true)
            try await connection.setRecvBufferSize(20_000)
            try await connection.setSendBufferSize(30_000)
            try await connection.setIpTimeToLive(7)
            try await connection.setIpTypeOfService(0x10)
            try await connection.setReuseAddr(false)
            try await connection.setMaxSegment(1_000)
            try await connection.setLinger(.milliseconds(1_500))
            let options = [
                (CInt(IPPROTO_TCP), TCP_NODELAY), (SOL_SOCKET, SO_KEEPALIVE), (SOL_SOCKET, SO_RCVBUF),
                (SOL_SOCKET, SO_SNDBUF), (CInt(IPPROTO_IP), IP_TTL), (CInt(IPPROTO_IP), IP_TOS),
                (SOL_SOCKET, SO_REUSEADDR),
            ]
            let values = try await server.onLoop(of: connection) {
                options.map { level, name in Self.option(of: connection, level, name, CInt(-1)) }
            }
            #expect(values == [0, 1, 40_000, 60_000, 7, 0x10, 0])
            let lingerSeconds = try await server.onLoop(of: connection) {
                let value = Self.option(of: connection, SOL_SOCKET, SO_LINGER, Glibc.linger())
                return value.l_onoff == 0 ? -1 : value.l_linger
            }
            #expect(lingerSeconds == 2)
            withExtendedLifetime(peer) {}
        }

        @Test("the synchronous form of an option applies before later work on the event loop, and ignores errors")
        func plainForms() async throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.connect()
            self.setPlainly(connection)
            let values = try await server.onLoop(of: connection) {
                [
                    Self.option(of: connection, CInt(IPPROTO_TCP), TCP_NODELAY, CInt(-1)),
                    Self.option(of: connection, CInt(IPPROTO_IP), IP_TTL, CInt(-1)),
                ]
            }
            #expect(values == [0, 9])
            peer.shutWriting()
            #expect(try server.reset() === connection)
            self.setPlainly(connection)
        }

        /// Not `async`, so the compiler selects the synchronous forms.
        private func setPlainly(_ connection: Connection) {
            connection.setNoDelay(false)
            connection.setIpTimeToLive(9)
            connection.setIpTimeToLive(256)
        }

        @Test("an option that the system refuses throws the system's error")
        func refused() async throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.connect()
            await #expect(throws: SystemError(code: EINVAL, call: "setsockopt")) {
                try await connection.setIpTimeToLive(256)
            }
            withExtendedLifetime(peer) {}
        }

        @Test(
            "an option of a closed connection throws ENOTCONN",
            arguments: [true, false]
        )
        func ended(closesHere: Bool) async throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.connect()
            if closesHere {
                #expect(server.manager.closeConnection(connection))
            } else {
                peer.shutWriting()
                #expect(try server.reset() === connection)
            }
            await #expect(throws: SystemError(code: ENOTCONN, call: "setsockopt")) {
                try await connection.setNoDelay(true)
            }
        }

        @Test(
            "collected datagrams leave in order after a flush, after the interval, at 32 KiB, or when collecting ends"
        )
        func collecting() async throws {
            let server = try QueuedServer()
            let (peer, connection) = try server.accept()
            #expect(!connection.getCollectTcp())
            #expect(connection.getCollectTcpInterval() == .milliseconds(200))
            connection.setCollectTcpInterval(.seconds(1_000))
            connection.setCollectTcp(true)
            #expect(connection.flush())
            for number in 1...3 { #expect(server.writer.send(Datagram(bytes: UInt8(number)), to: connection)) }
            #expect(connection.considerFlush())
            try await server.turnEnded(of: connection)
            #expect(!peer.hasReceived)
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

        /// Reads a socket option. Call it on the connection's event loop.
        private static func option<Value: BitwiseCopyable>(
            of connection: Connection,
            _ level: CInt,
            _ name: CInt,
            _ initial: Value
        ) -> Value {
            var value = initial
            var size = socklen_t(MemoryLayout<Value>.size)
            getsockopt(connection.descriptor, level, name, &value, &size)
            return value
        }
    }
}
