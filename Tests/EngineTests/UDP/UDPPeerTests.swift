import Testing
import Wire

@testable import Engine

/// The output of a UDP connection, up to the socket's queue.
@Suite("UDP peer")
struct UDPPeerTests {
    private static let source = address("192.0.2.1", port: 7)

    private let system = ScriptedDatagrams()
    private let driven: DrivenShards

    init() throws {
        self.system.isDeaf = true
        self.driven = try DrivenShards(limits: Limits(unprovenUDPAnswersPerSecond: nil), system: self.system)
    }

    /// Opens a connection with a first payload.
    private func connection(proof: UDPProof, _ payload: [UInt8] = [1]) throws -> (peer: UDPPeer, Connection) {
        let silent = TestService { _, _ in }
        let listener = self.driven.listener(service: silent, proof: proof)
        listener.receive(payload, from: Self.source)
        let peer = try #require(listener.peer(Self.source))
        return (peer, try #require(peer.connection))
    }

    /// Sends the payloads and returns the datagrams on the wire.
    private func send(_ payloads: [[UInt8]], to peer: UDPPeer) -> [[UInt8]] {
        let before = self.system.sent.count
        let records = payloads.flatMap(record)
        records.withUnsafeBytes {
            peer.send($0)
            _ = peer.listener.socket.output.flush(1, self.system)
        }
        return Array(self.system.sent[before...])
    }

    private func datagram(_ payload: [UInt8]) -> [UInt8] { Array(record(payload).dropFirst(Framing.udpWireOffset)) }

    @Test("each record becomes one datagram and counts as one")
    func records() throws {
        let (peer, connection) = try self.connection(proof: .none)
        let payloads: [[UInt8]] = [[1], [], [2, 3], [UInt8](repeating: 4, count: 1500)]
        #expect(self.send(payloads, to: peer) == payloads.map(self.datagram))
        #expect(connection.traffic.datagramsOut == 4 && connection.traffic.bytesOut == 1503 + 4 * 2)
    }

    @Test("when the output queue is full, it is flushed before the next records, in order")
    func many() throws {
        let (peer, connection) = try self.connection(proof: .none)
        // Without a socket, that flush loses the earlier datagrams.
        let payloads = (0..<UDPOutput.datagramsMax + 5).map { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        #expect(self.send(payloads, to: peer) == payloads.suffix(5).map(self.datagram))
        #expect(peer.listener.socket.counts.unsent == UInt64(UDPOutput.datagramsMax))
        #expect(connection.traffic.datagramsOut == 5)
    }

    @Test("a record that is too long for Panda3D is not sent, and counted")
    func unframeable() throws {
        let (peer, connection) = try self.connection(proof: .none)
        var long = record([UInt8](repeating: 0, count: 1500)) + [0]
        (long[8], long[9]) = (UInt8(1501 & 0xFF), UInt8(1501 >> 8))
        let records = record([1]) + long + record([2])
        records.withUnsafeBytes {
            peer.send($0)
            _ = peer.listener.socket.output.flush(1, self.system)
        }
        #expect(self.system.sent == [self.datagram([1]), self.datagram([2])])
        #expect(connection.traffic.datagramsUnframeable == 1 && connection.traffic.datagramsOut == 2)
    }

    @Test(
        "an unproven connection gets at most as many datagrams and bytes as it sent, and the withheld ones are counted"
    )
    func unproven() throws {
        let (peer, connection) = try self.connection(proof: .tcp, [1, 2, 3])
        #expect(self.send([[1, 2, 3, 4], [9], [8]], to: peer) == [self.datagram([9])])
        #expect(peer.listener.socket.counts.withheld == 2 && connection.traffic.datagramsOut == 1)
    }

    @Test("an answer that has come back 20 times is withheld")
    func echoes() throws {
        let (peer, _) = try self.connection(proof: .none)
        for round in 0..<25 {
            #expect(self.send([[1]], to: peer).count == (round < 20 ? 1 : 0))
            peer.listener.receive([1], from: Self.source)
        }
        #expect(peer.listener.socket.counts.withheld == 5)
    }

    @Test("an ended connection gets no datagram")
    func ended() throws {
        let (peer, _) = try self.connection(proof: .none)
        peer.close()
        #expect(self.send([[1]], to: peer).isEmpty)
    }
}
