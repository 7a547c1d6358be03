import EngineSupport
import Glibc
import Testing
import Wire

@testable import Engine

/// Sockets of an event loop that runs only when the test says so, so that each system call of it is known.
@Suite("UDP input")
struct UDPInputTests {
    private let system = ScriptedDatagrams()
    private let driven: DrivenShards
    private let peer: UDPPeerSocket

    init() throws {
        self.driven = try DrivenShards(system: self.system)
        self.peer = try UDPPeerSocket()
    }

    /// Keeps what it gets, as long as it has room.
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

    @Test("one turn takes 64 datagrams with one call, and the next one the others")
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

    @Test("a receiver that is full in the middle of a read loses nothing, and gets the rest once it has room")
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

    @Test("one that is full already is not read at all")
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
        "an error that concerns one datagram does not end the socket",
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

    @Test("an error that a datagram has met on its way is taken, and the socket goes on")
    func errorOfTheSystem() throws {
        let receiver = Receiver()
        let socket = try self.open(receiver)
        let descriptor = try #require(socket.descriptor)
        // Only a socket that is connected hears of it; inherited ones may be.
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

    @Test("while the system has no memory, the socket is not read for 100 ms", arguments: [ENOMEM, ENOBUFS])
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

    @Test("a descriptor that is none any more is lost, and opened again on its port after 100 ms")
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

    @Test("one that is closed while it is lost stays closed")
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

    @Test("a receiver that closes the socket with a datagram gets the others of its read, and its port is free")
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
