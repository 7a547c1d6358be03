import EngineSupport
import Glibc
import Testing
import Wire

@testable import Engine

extension SocketTests {
    @Suite("UDP socket")
    struct UDPSocketTests {
        @Test("datagrams travel both ways, with Panda3D's header or raw", arguments: [false, true])
        func bothWays(isRaw: Bool) async throws {
            try await Self.run(isRaw: isRaw) { socket, inbox in
                let peer = try UDPPeerSocket()
                let payloads: [[UInt8]] = [[7], Array(0...255), Array(repeating: 9, count: 1500)]
                for payload in payloads {
                    if isRaw {
                        try peer.send(raw: payload, to: socket.port)
                    } else {
                        try peer.send(payload, to: socket.port)
                    }
                    #expect(await inbox.next() == payload)
                    #expect(socket.send(Datagram(payload), to: inbox.sender))
                    #expect(try isRaw ? peer.receiveRaw() == payload : peer.receive() == payload)
                }
                #expect(inbox.sender == NetAddress(host: "127.0.0.1", port: peer.port))
                #expect(socket.counts == UDPCounts())
            }
        }

        @Test("an empty payload travels with a header, and a raw socket does not send it")
        func empty() async throws {
            try await Self.run { socket, inbox in
                let peer = try UDPPeerSocket()
                try peer.send([], to: socket.port)
                #expect(await inbox.next() == [])
                #expect(socket.send(Datagram(), to: inbox.sender))
                #expect(try peer.receiveRaw() == [0, 0])
            }
            try await Self.run(isRaw: true) { socket, _ in
                let peer = try UDPPeerSocket()
                let address = NetAddress(host: "127.0.0.1", port: peer.port)
                #expect(!socket.send(Datagram(), to: address))
                #expect(socket.send(Datagram([1]), to: address))
                #expect(try peer.receiveRaw() == [1])
            }
        }

        @Test("invalid datagrams are dropped and counted by kind, and the next valid one is received")
        func refused() async throws {
            try await Self.run { socket, inbox in
                let peer = try UDPPeerSocket()
                try peer.send(raw: [], to: socket.port)
                try peer.send(raw: [1], to: socket.port)
                try peer.send(raw: [1, 0, 2], to: socket.port)
                for byteCount in [1501, 2046, 2047, 20_000] {
                    try peer.send([UInt8](repeating: 0, count: byteCount), to: socket.port)
                }
                try peer.send([5], to: socket.port)
                #expect(await inbox.next() == [5])
                var expected = UDPCounts()
                expected.runts = 2
                expected.checksumFailures = 1
                expected.oversized = 4
                #expect(socket.counts == expected)
            }
        }

        @Test("a send that the system refuses is counted, and the socket keeps working")
        func refusedBySystem() async throws {
            try await Self.run { socket, inbox in
                let peer = try UDPPeerSocket()
                let impossible = [
                    NetAddress(host: "127.0.0.1", port: 0), NetAddress(host: "255.255.255.255", port: 9),
                    NetAddress(host: "no address", port: 9),
                ]
                for address in impossible { #expect(!socket.send(Datagram([1]), to: address)) }
                #expect(!socket.send(Datagram([UInt8](repeating: 0, count: 1501)), to: impossible[0]))
                #expect(socket.counts.unsent == 2)
                try peer.send([5], to: socket.port)
                #expect(await inbox.next() == [5])
                #expect(socket.send(Datagram([6]), to: inbox.sender))
                #expect(try peer.receive() == [6])
            }
        }

        @Test("a lost socket is back on its port within a second, and counted")
        func reopened() async throws {
            try await Self.run { socket, inbox in
                let peer = try UDPPeerSocket()
                for round in 1...3 {
                    let start = ContinuousClock.now
                    try await socket.lose()
                    while socket.counts.reopened < round { try await Task.sleep(for: .milliseconds(5)) }
                    #expect(.now - start < .seconds(1))
                    try peer.send([UInt8(round)], to: socket.port)
                    #expect(await inbox.next() == [UInt8(round)])
                    #expect(socket.send(Datagram([6]), to: inbox.sender))
                    #expect(try peer.receive() == [6])
                }
            }
        }

        @Test("a socket on all interfaces answers each peer from the address that the peer used")
        func localAddress() async throws {
            try await Self.run(host: nil) { socket, inbox in
                for address in ["127.0.0.2", "127.0.0.1", "127.0.0.3"] {
                    let peer = try UDPPeerSocket()
                    try peer.connect(to: address, socket.port)
                    try peer.send([5], to: nil)
                    #expect(await inbox.next() == [5])
                    #expect(socket.send(Datagram([6]), to: inbox.sender))
                    #expect(try peer.receive() == [6])
                }
            }
        }

        @Test("drops in the kernel are counted, also after the socket was lost")
        func kernelDrops() async throws {
            try await Self.run { socket, inbox in
                let peer = try UDPPeerSocket()
                let gate = Gate()
                socket.shard.loop.post { gate.wait() }
                for _ in 0..<4000 { try peer.send([1], to: socket.port) }
                gate.open()
                var received = 0
                while UInt64(received) + socket.counts.kernelDrops < 4000 {
                    #expect(await inbox.next() == [1])
                    received += 1
                }
                let dropped = socket.counts.kernelDrops
                #expect(dropped > 0)
                try await socket.lose()
                while socket.counts.reopened < 1 { try await Task.sleep(for: .milliseconds(5)) }
                #expect(socket.counts.kernelDrops == dropped)
            }
        }

        @Test("a concurrent reader never counts the drops of a replaced socket twice")
        func kernelDropsWhileReopened() async throws {
            try await Self.run { socket, _ in
                let peer = try UDPPeerSocket()
                let largest = Locked<(drops: UInt64, isDone: Bool)>((0, false))
                let ended = Gate()
                let error = DetachedThread.run {
                    while !largest.withLock(\.isDone) {
                        let drops = socket.counts.kernelDrops
                        largest.withLock { $0.drops = max($0.drops, drops) }
                    }
                    ended.open()
                }
                try #require(error == 0)
                for round in 1...10 {
                    let gate = Gate()
                    socket.shard.loop.post { gate.wait() }
                    for _ in 0..<4000 { try peer.send([1], to: socket.port) }
                    gate.open()
                    try await socket.lose()
                    while socket.counts.reopened < round { try await Task.sleep(for: .milliseconds(5)) }
                }
                largest.withLock { $0.isDone = true }
                ended.wait()
                let drops = largest.withLock(\.drops)
                #expect(drops > 0 && drops <= 40_000)
            }
        }

        @Test("the kernel's buffer has the configured size, also after a loss, and 0 selects the system's default")
        func receiveBuffer() async throws {
            let manager = ConnectionManager(eventLoops: 1)
            let rendezvous = Rendezvous(host: "127.0.0.1", port: 0, transport: .udp, receiveBufferBytes: 8192)
            let events = Events()
            let opening = manager.openUDPRendezvous(rendezvous, service: TestService.echo, observers: [events])
            let bound = try await opening.get()
            #expect(bound.receiveBufferBytes == 8192 && !bound.isReceiveBufferSmall)
            guard case .udp(let listener) = bound.socket else { preconditionFailure("another transport") }
            try await listener.socket.lose()
            await events.reopened()
            #expect(bound.receiveBufferBytes == 8192)
            var other = rendezvous
            for bytes in [16_384, 0] {
                other.receiveBufferBytes = bytes
                let becoming = bound.becoming(other)
                try await manager.update(ManagerUpdate(limits: Limits(), rendezvous: [becoming])).get()
                #expect(bytes == 0 ? becoming.receiveBufferBytes! > 16_384 : becoming.receiveBufferBytes == bytes)
            }
            try await manager.shutDown()
            #expect(bound.receiveBufferBytes == nil)
        }

        @Test("a port in use is an error, and a closed socket sends no datagram")
        func ends() async throws {
            try await Self.run { socket, inbox in
                let taken = UDPSettings(host: "127.0.0.1", port: socket.port)
                let second = UDPSocket(
                    settings: taken,
                    shard: socket.shard,
                    ports: UDPPortCensus()
                )
                let error = await #expect(throws: SystemError.self) {
                    try await socket.shard.loop.submit { try second.open(Refusing()) }.get()
                }
                #expect(error?.code == EADDRINUSE)
                try await socket.close().get()
                try await socket.close().get()
                #expect(!socket.send(Datagram([1]), to: NetAddress(host: "127.0.0.1", port: 9)))
            }
        }

        private static func run(
            host: String? = "127.0.0.1",
            isRaw: Bool = false,
            _ body: (UDPSocket, Inbox) async throws -> Void
        ) async throws {
            let manager = ConnectionManager(eventLoops: 1)
            let inbox = Inbox()
            let opening = manager.openUDPConnection(host: host, port: 0, isRaw: isRaw) { payload, sender in
                inbox.received(Array(payload), sender)
            }
            do {
                try await body(try await opening.get(), inbox)
            } catch {
                try await manager.shutDown()
                throw error
            }
            try await manager.shutDown()
        }
    }
}

/// A receiver that admits no datagram.
private final class Refusing: UDPReceiver {
    func admitsDatagram() -> Bool { false }
    func datagramReceived(_ record: UnsafeRawBufferPointer, from source: SocketAddress, to local: LocalAddress?) {}
    func socketLost() {}
    func socketReopened() {}
    func socketEnded() {}
}

/// The datagrams that a socket received, for a test to wait for.
private final class Inbox: Sendable {
    private let stream: AsyncStream<[UInt8]>
    private let continuation: AsyncStream<[UInt8]>.Continuation
    private let lastSender = Locked(NetAddress(host: "", port: 0))

    init() {
        (self.stream, self.continuation) = AsyncStream.makeStream()
    }

    var sender: NetAddress { self.lastSender.withLock { $0 } }

    func received(_ payload: [UInt8], _ sender: NetAddress) {
        self.lastSender.withLock { $0 = sender }
        self.continuation.yield(payload)
    }

    func next() async -> [UInt8]? {
        for await payload in self.stream { return payload }
        return nil
    }
}
