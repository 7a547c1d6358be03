import EngineSupport
import Glibc
import Testing

@testable import Engine

/// An opening that reads one line. An address becomes the peer's address, an empty line keeps the socket's address, and
/// any other text is refused.
private struct LineOpening: Opening {
    var isFromPeer = true

    mutating func received(_ bytes: UnsafeRawBufferPointer) -> OpeningStep {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
            return OpeningStep(takenBytes: 0, outcome: .needsMore)
        }
        let text = String(decoding: bytes[..<end], as: UTF8.self)
        if text.isEmpty { return OpeningStep(takenBytes: end + 1, outcome: .opened(nil)) }
        guard let ip = IPAddress(text) else {
            return OpeningStep(takenBytes: end + 1, reply: [7], outcome: .refused(.openingFailed))
        }
        let address = SocketAddress(ip, port: 7)
        return OpeningStep(takenBytes: end + 1, reply: Array("hello\n".utf8), outcome: .opened(address))
    }
}

@Suite("Opening")
struct OpeningTests {
    private static let line = Array("192.0.2.1\n".utf8)
    private static let reply = Array("hello\n".utf8)

    private func run(
        limits: Limits = Limits(),
        isFromPeer: Bool = true,
        _ body: (DrivenListener) throws -> Void
    ) throws {
        let driven = try DrivenListener(limits: limits) { _ in LineOpening(isFromPeer: isFromPeer) }
        try body(driven)
        driven.end()
    }

    private func refused(_ driven: DrivenListener) -> [RefusalReason: Int] {
        driven.registry.roster.admission.look { $0.refused }
    }

    @Test(
        "a finished opening becomes a connection from the address that it found, and later bytes are its first datagrams"
    )
    func opens() throws {
        try self.run { driven in
            let peer = try driven.peer()
            try peer.send(raw: Self.line + frame([1]) + frame([2]))
            driven.turn(3)
            #expect(try peer.receive(bytes: Self.reply.count) == Self.reply)
            #expect(try peer.receive(2) == [[1], [2]])
            try peer.send([3])
            driven.turn(2)
            #expect(try peer.receive(1) == [[3]])
            let connection = try #require(driven.shard.table.connections.first)
            #expect(connection.peer == NetAddress(host: "192.0.2.1", port: 7))
            #expect(driven.registry.count == 1)
            #expect(driven.tables[driven.shard].count == 0)
            #expect(driven.registry.roster.admission.look { $0.openingCount } == 0)
        }
    }

    @Test("an opening that arrives byte by byte becomes a connection after its last byte")
    func drip() throws {
        try self.run { driven in
            let peer = try driven.peer()
            for byte in Self.line {
                #expect(driven.openedCount == 0)
                #expect(driven.registry.count == 0)
                try peer.send(raw: [byte])
                driven.turn(2)
            }
            #expect(driven.openedCount == 1)
        }
    }

    @Test("a reply that the kernel does not take at once is sent before the connection opens")
    func lateReply() throws {
        try self.run { driven in
            driven.system.sends = [.fails(EAGAIN), .fails(EINTR)]
            let peer = try driven.peer()
            try peer.send(raw: Self.line)
            driven.turn(2)
            #expect(driven.openedCount == 0)
            driven.turn(3)
            #expect(driven.openedCount == 1)
            #expect(try peer.receive(bytes: Self.reply.count) == Self.reply)
        }
    }

    @Test("a refused opening gets its reply, is reported and counted, and has no slot")
    func refused() throws {
        try self.run { driven in
            let peer = try driven.peer()
            try peer.send(raw: Array("refuse\n".utf8))
            driven.turn(3)
            #expect(peer.bytesToEnd() == [7])
            #expect(driven.faults == [.refused(.openingFailed)])
            #expect(self.refused(driven) == [.openingFailed: 1])
            #expect(driven.registry.roster.admission.look { $0.openingCount } == 0)
        }
    }

    @Test("an opening that is too long is refused")
    func tooLong() throws {
        try self.run { driven in
            let peer = try driven.peer()
            try peer.send(raw: [UInt8](repeating: 1, count: OpeningSource.inputBytesMax + 1))
            driven.turn(2 + OpeningSource.inputBytesMax / OpeningSource.readBytesMax)
            #expect(peer.isEnded())
            #expect(driven.faults == [.refused(.openingFailed)])
        }
    }

    @Test("the timeout of an opening begins at the accept, and received bytes do not extend it")
    func timeout() throws {
        try self.run(limits: Limits(openingTimeout: .seconds(3))) { driven in
            let peer = try driven.peer()
            driven.turn()
            for _ in 0..<2 {
                driven.loop.advance(by: .seconds(1))
                try peer.send(raw: [1])
                driven.turn(2)
            }
            driven.loop.advance(by: .milliseconds(999))
            #expect(driven.faults.isEmpty)
            driven.loop.advance(by: .milliseconds(1))
            #expect(driven.faults == [.refused(.openingTimeout)])
            #expect(self.refused(driven) == [.openingTimeout: 1])
            #expect(peer.isEnded())
            // An open connection has no such timeout.
            let other = try driven.peer()
            try other.send(raw: Self.line)
            driven.turn(3)
            driven.loop.advance(by: .seconds(5))
            #expect(driven.registry.count == 1)
            #expect(driven.faults.count == 1)
        }
    }

    @Test("an opening past the limit ends the oldest opening")
    func limit() throws {
        try self.run(limits: Limits(openings: 2)) { driven in
            let peers = try (0..<3).map { _ in
                let peer = try driven.peer()
                driven.turn(2)
                return peer
            }
            #expect(driven.faults == [.refused(.openingLimit)])
            #expect(self.refused(driven) == [.openingLimit: 1])
            #expect(peers[0].isEnded())
            for peer in peers.dropFirst() { try peer.send(raw: Self.line) }
            driven.turn(3)
            #expect(driven.openedCount == 2)
        }
    }

    @Test("a peer that leaves during its opening is counted as clientGone and becomes no connection")
    func leaves() throws {
        try self.run { driven in
            let peers = [try driven.peer(), try driven.peer()]
            driven.turn(3)
            peers[0].shutWriting()
            peers[1].abort()
            driven.turn(2)
            #expect(driven.faults == [.refused(.clientGone), .refused(.clientGone)])
            #expect(driven.tables[driven.shard].count == 0)
        }
    }

    @Test(
        "an opening checks the socket's address first, except behind a proxy, and then the address that it found"
    )
    func access() throws {
        let (local, found) = (try IPNetwork("127.0.0.0/8"), try IPNetwork("192.0.2.0/24"))
        for (denied, isFromPeer, openedCount) in [
            (local, true, 0), (local, false, 1), (found, true, 0), (found, false, 0),
        ] {
            try self.run(limits: Limits(access: AccessList(deny: [denied])), isFromPeer: isFromPeer) { driven in
                let peer = try driven.peer()
                try peer.send(raw: Self.line)
                driven.turn(3)
                #expect(driven.openedCount == openedCount)
                #expect(self.refused(driven) == (openedCount == 0 ? [.accessDenied: 1] : [:]))
            }
        }
    }

    @Test("an opening counts for its address from the start, and takes a slot when it finishes")
    func counts() throws {
        try self.run(limits: Limits(connections: 1, connectionsPerAddress: 2)) { driven in
            let peers = try (0..<3).map { _ in try driven.peer() }
            driven.turn(5)
            #expect(driven.faults == [.refused(.addressLimit)])
            #expect(driven.registry.count == 0)
            for peer in peers.prefix(2) { try peer.send(raw: [UInt8(ascii: "\n")]) }
            driven.turn(3)
            #expect(driven.openedCount == 1)
            #expect(self.refused(driven) == [.addressLimit: 1, .connectionLimit: 1])
            // Both openings have given back their share of the limits.
            peers[0].abort()
            driven.turn(3)
            #expect(driven.registry.count == 0)
            let next = try driven.peer()
            try next.send(raw: [UInt8(ascii: "\n")])
            driven.turn(3)
            #expect(driven.openedCount == 2)
        }
    }

    @Test("the end of the program closes an opening without a report")
    func programEnds() throws {
        try self.run { driven in
            let peer = try driven.peer()
            driven.turn(2)
            driven.tables[driven.shard].endAll()
            driven.turn()
            #expect(peer.isEnded())
            #expect(driven.faults.isEmpty)
            #expect(driven.registry.roster.admission.look { $0.openingCount } == 0)
        }
    }

    @Test("a stream without an opening becomes a connection at once")
    func plain() throws {
        let driven = try DrivenListener()
        let peer = try driven.peer()
        driven.turn()
        #expect(driven.openedCount == 1)
        withExtendedLifetime(peer) {}
        driven.end()
    }
}
