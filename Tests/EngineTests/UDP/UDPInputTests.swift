import EngineSupport
import Glibc
import Testing
import Wire

@testable import Engine

/// UDP sockets on an event loop that the test runs turn by turn, so that it can count the system calls.
@Suite("UDP input")
struct UDPInputTests {
    private let system = ScriptedDatagrams()
    private let driven: DrivenShards
    private let peer: UDPPeerSocket

    init() throws {
        self.driven = try DrivenShards(system: self.system)
        self.peer = try UDPPeerSocket()
    }

    /// Stores datagrams as long as it has room.
    private final class Receiver: UDPReceiver {
        var room = Int.max
        var payloads: [[UInt8]] = []
        var isLost = false
        var onDatagram: () -> Void = {}

        func admitsDatagram() -> Bool { self.room > 0 }
        func datagramReceived(_ record: UnsafeRawBufferPointer, from source: SocketAddress, to local: LocalAddress?) {
            self.room -= 1
            self.payloads.append(Array(record[Framing.udp.size...]))
            #expect(Framing.udp.frameBytes(in: record, at: 0) == record.count)
            self.onDatagram()
        }
        func socketLost() { self.isLost = true }
        func socketReopened() {}
        func socketEnded() {}
    }

    private func open(_ receiver: Receiver) throws -> UDPSocket {
        let settings = UDPSettings(host: "127.0.0.1", port: 0)
        let socket = UDPSocket(settings: settings, shard: self.driven.shard, ports: UDPPortCensus())
        try socket.open(receiver)
        return socket
    }

    private func send(_ numbers: Range<Int>, to socket: UDPSocket) throws {
        for number in numbers { try self.peer.send([UInt8(number)], to: socket.port) }
    }

    private func payloads(_ numbers: Range<Int>) -> [[UInt8]] { numbers.map { [UInt8($0)] } }

    @Test("a turn reads 64 datagrams with one call, and the next turn reads the rest")
    func burst() throws {
        let receiver = Receiver()
        let socket = try self.open(receiver)
        try self.send(0..<100, to: socket)
        self.driven.loop.runTurn()
        #expect(receiver.payloads == self.payloads(0..<64) && self.system.receiveCount == 1)
        self.driven.loop.runTurn()
        #expect(receiver.payloads == self.payloads(0..<100) && self.system.receiveCount == 2)
        self.driven.loop.runTurn()
        #expect(self.system.receiveCount == 2)
        _ = socket.close()
        self.driven.runTurns()
    }

    @Test("a receiver that becomes full during a read loses no datagram, and gets the rest when it has room")
    func full() throws {
        let receiver = Receiver()
        let socket = try self.open(receiver)
        receiver.room = 3
        try self.send(0..<10, to: socket)
        for _ in 0..<3 { self.driven.loop.runTurn() }
        #expect(receiver.payloads == self.payloads(0..<3) && self.system.receiveCount == 1)
        receiver.room = 2
        socket.resumeReading()
        for _ in 0..<3 { self.driven.loop.runTurn() }
        #expect(receiver.payloads == self.payloads(0..<5) && self.system.receiveCount == 1)
        try self.send(10..<12, to: socket)
        receiver.room = .max
        socket.resumeReading()
        for _ in 0..<3 { self.driven.loop.runTurn() }
        #expect(receiver.payloads == self.payloads(0..<12) && self.system.receiveCount == 2)
        #expect(socket.counts == UDPCounts())
        _ = socket.close()
        self.driven.runTurns()
    }

    @Test("a socket with a full receiver is not read")
    func notRead() throws {
        let receiver = Receiver()
        let socket = try self.open(receiver)
        receiver.room = 0
        try self.send(0..<2, to: socket)
        for _ in 0..<3 { self.driven.loop.runTurn() }
        #expect(self.system.receiveCount == 0)
        receiver.room = 5
        socket.resumeReading()
        for _ in 0..<3 { self.driven.loop.runTurn() }
        #expect(receiver.payloads == self.payloads(0..<2))
        _ = socket.close()
        self.driven.runTurns()
    }

    @Test(
        "an error that concerns one datagram does not close the socket",
        arguments: [
            ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EINTR, EAGAIN, ENETDOWN,
        ]
    )
    func errors(code: CInt) throws {
        let receiver = Receiver()
        let socket = try self.open(receiver)
        self.system.receives = [.fails(code)]
        try self.send(0..<1, to: socket)
        self.driven.loop.runTurn()
        #expect(receiver.payloads.isEmpty)
        self.driven.loop.runTurn()
        #expect(receiver.payloads == [[0]] && !receiver.isLost)
        _ = socket.close()
        self.driven.runTurns()
    }

    @Test("a pending socket error from an earlier datagram is cleared, and the socket keeps working")
    func errorOfTheSystem() throws {
        let receiver = Receiver()
        let socket = try self.open(receiver)
        let descriptor = try #require(socket.descriptor)
        // Only a connected socket gets such errors. An inherited socket may be connected.
        let closed = address("127.0.0.1", port: try UDPPeerSocket().port)
        try #require(closed.withSockAddr { connect(descriptor, $0, $1) } == 0)
        socket.send(Datagram([1]), to: NetAddress(closed))
        for _ in 0..<3 { self.driven.loop.runTurn() }
        var error: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
        #expect(error == 0 && !receiver.isLost)
        let open = address("127.0.0.1", port: self.peer.port)
        try #require(open.withSockAddr { connect(descriptor, $0, $1) } == 0)
        try self.send(0..<1, to: socket)
        self.driven.loop.runTurn()
        #expect(receiver.payloads == [[0]])
        _ = socket.close()
        self.driven.runTurns()
    }

    @Test("after an out-of-memory error the socket is not read for 100 ms", arguments: [ENOMEM, ENOBUFS])
    func noMemory(code: CInt) throws {
        let receiver = Receiver()
        let socket = try self.open(receiver)
        self.system.receives = [.fails(code)]
        try self.send(0..<1, to: socket)
        self.driven.loop.runTurn()
        self.driven.loop.advance(by: .milliseconds(99))
        #expect(self.system.receiveCount == 1)
        self.driven.loop.advance(by: .milliseconds(1))
        self.driven.loop.runTurn()
        #expect(receiver.payloads == [[0]] && !receiver.isLost)
        _ = socket.close()
        self.driven.runTurns()
    }

    @Test("a socket with an invalid descriptor is lost, and reopened on its port after 100 ms")
    func lost() throws {
        let receiver = Receiver()
        let socket = try self.open(receiver)
        let port = socket.port
        self.system.receives = [.fails(EBADF)]
        try self.send(0..<1, to: socket)
        self.driven.loop.runTurn()
        #expect(receiver.isLost && socket.descriptor == nil)
        self.driven.loop.advance(by: .milliseconds(99))
        #expect(socket.descriptor == nil && socket.counts.reopened == 0)
        self.driven.loop.advance(by: .milliseconds(1))
        #expect(socket.descriptor != nil && socket.counts.reopened == 1 && socket.port == port)
        try self.send(1..<2, to: socket)
        self.driven.loop.runTurn()
        #expect(receiver.payloads == [[1]])
        _ = socket.close()
        self.driven.runTurns()
    }

    @Test("a socket that is closed while it is lost stays closed")
    func closedWhileLost() throws {
        let receiver = Receiver()
        let socket = try self.open(receiver)
        self.system.receives = [.fails(EBADF)]
        try self.send(0..<1, to: socket)
        self.driven.loop.runTurn()
        let closed = socket.close()
        self.driven.runTurns()
        try closed.wait()
        self.driven.loop.advance(by: .seconds(1))
        #expect(socket.descriptor == nil && self.driven.shard.udpSockets.isEmpty)
    }

    @Test("a receiver that closes the socket during a read gets the rest of that read, and the port is free")
    func closedWhileRead() throws {
        let receiver = Receiver()
        let socket = try self.open(receiver)
        let port = socket.port
        var closed: Answer<Void>?
        receiver.onDatagram = { closed = closed ?? socket.close() }
        try self.send(0..<3, to: socket)
        self.driven.runTurns()
        try #require(closed).wait()
        #expect(receiver.payloads == self.payloads(0..<3))
        let again = UDPSettings(host: "127.0.0.1", port: port)
        let other = UDPSocket(settings: again, shard: self.driven.shard, ports: UDPPortCensus())
        try other.open(Receiver())
        _ = other.close()
        self.driven.runTurns()
    }
}
