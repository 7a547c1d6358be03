import NIOCore
import NIOEmbedded
import Testing
import Wire

@testable import PandaNet

@Suite("SharedBatch")
struct SharedBatchTests {
    @Test("the whole batch is shared from a length on, but for the first; a part of it and other bytes are not")
    func wholeBatch() {
        let bytes = [UInt8](repeating: 1, count: SharedBatch.bytesMin)
        bytes.withUnsafeBytes { bytes in
            var batch = SharedBatch(bytes)
            func segments(_ bytes: UnsafeRawBufferPointer, sent: Int = 0) -> [ByteBuffer]? {
                batch.segments(for: UnsentFrames(of: bytes, datagramCount: 1, sentBytes: sent, header: nil))
            }
            #expect(segments(bytes) == nil)
            #expect(segments(bytes)?.first?.address == segments(bytes)?.first?.address)
            #expect(segments(bytes).map { $0.map(\.readableBytes) } == [SharedBatch.bytesMin])
            #expect(segments(bytes, sent: 1) == nil)
            #expect(segments(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 1)])) == nil)
            #expect(Array(bytes).withUnsafeBytes { segments($0) } == nil)
            batch = SharedBatch(UnsafeRawBufferPointer(rebasing: bytes[1...]))
            for _ in 1...2 { #expect(segments(UnsafeRawBufferPointer(rebasing: bytes[1...])) == nil) }
        }
    }

    /// Connections without a socket take nothing of what is sent to them.
    private func stuck(_ shard: Shard, _ header: TCPHeader = .two, _ ids: ClosedRange<UInt64>) -> [Connection] {
        shard.use(header)
        return ids.map { id in
            let connection = shard.connection(id, header: header)
            shard.opened(connection)
            return connection
        }
    }

    private func broadcast(_ payload: [UInt8], from sender: Connection, includingSender: Bool = true) {
        frame(payload, sender.header).withUnsafeBytes {
            let run = DatagramRun(bytes: $0, datagramCount: 1, header: sender.header)
            sender.broadcast(run, includingSender: includingSender)
        }
    }

    private func waiting(_ connection: Connection) -> [UInt8] {
        var bytes: [UInt8] = []
        _ = connection.pending.drain {
            bytes += $0
            return $0.count
        }
        return bytes
    }

    @Test(
        "connections that take nothing have a batch in the same memory, each framing once, and all of it counts for each"
    )
    func fanOut() {
        let (shard, loop) = Shard.embedded()
        let two = self.stuck(shard, .two, 1...3)
        let four = self.stuck(shard, .four, 4...6)
        let payload = [UInt8](repeating: 5, count: 20_000)
        self.broadcast(payload, from: two[0])
        loop.run()
        #expect(two.allSatisfy { $0.pendingBytes == 20_002 && $0.pending.datagramCount == 1 })
        #expect(four.allSatisfy { $0.pendingBytes == 20_004 && $0.pending.datagramCount == 1 })
        #expect(shard.pendingTotal.byteCount == 3 * 20_002 + 3 * 20_004)
        let addresses = (two + four).map { $0.pending.startChunk()?.address }
        #expect(addresses[1] == addresses[2] && addresses[4] == addresses[5] && Set(addresses).count == 4)
    }

    @Test("who gets less than the others, or more, has its own; the next batch is another one")
    func edited() {
        let (shard, loop) = Shard.embedded()
        let connections = self.stuck(shard, .two, 1...4)
        let payloads = (1...3).map { [UInt8](repeating: UInt8($0), count: 5_000) }
        self.broadcast(payloads[0], from: connections[0])
        self.broadcast(payloads[1], from: connections[1], includingSender: false)
        frame([7]).withUnsafeBytes {
            connections[2].send(DatagramRun(bytes: $0, datagramCount: 1, header: .two))
        }
        loop.run()
        self.broadcast(payloads[2], from: connections[0])
        loop.run()
        let (first, second, third) = (frame(payloads[0]), frame(payloads[1]), frame(payloads[2]))
        #expect(self.waiting(connections[0]) == first + second + third)
        #expect(self.waiting(connections[1]) == first + third)
        #expect(self.waiting(connections[2]) == frame([7]) + first + second + third)
        #expect(self.waiting(connections[3]) == first + second + third)
    }

    @Test("at its limit a connection lets go at once, and the others keep what they share with it")
    func overflow() {
        let (shard, loop) = Shard.embedded(limits: Limits(pendingBytes: 30_000))
        let connections = self.stuck(shard, .two, 1...3)
        frame([UInt8](repeating: 8, count: 10_000)).withUnsafeBytes {
            connections[1].send(DatagramRun(bytes: $0, datagramCount: 1, header: .two))
        }
        let payloads = (1...2).map { [UInt8](repeating: UInt8($0), count: 12_000) }
        for payload in payloads {
            self.broadcast(payload, from: connections[0])
            loop.run()
        }
        #expect(connections.map(\.isOpen) == [true, false, true])
        #expect(connections.map(\.pendingBytes) == [24_004, 0, 24_004] && shard.pendingTotal.byteCount == 48_008)
        for connection in [connections[0], connections[2]] {
            #expect(self.waiting(connection) == payloads.flatMap { frame($0) })
        }
    }
}
