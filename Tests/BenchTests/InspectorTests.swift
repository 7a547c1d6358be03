import Engine
import Testing
import Wire

@testable import Bench

struct InspectorTests {
    private func counts(_ connection: Int, _ reach: Reach, _ payloads: [[UInt8]]) -> Counts {
        var inspector = Inspector(of: connection, in: workload(reach), tag: 8)
        var counts = Counts()
        var latencies = Latencies(since: 0)
        for payload in payloads {
            payload.withUnsafeBytes { inspector.inspect(payload: $0, at: 5, &counts, &latencies) }
        }
        return counts
    }

    @Test("each publisher has its own sequence at each receiver")
    func sequences() {
        let all = [stamp(0, 0), stamp(1, 0), stamp(0, 1), stamp(1, 2), stamp(1, 1), stamp(1, 1)]
        let counts = self.counts(2, .broadcast, all.map { payload($0) })
        #expect(counts == Counts(delivered: 5, disordered: 1, duplicates: 1))
    }

    @Test(
        "a datagram at an unexpected receiver is a stray",
        arguments: [
            (Reach.echo, 0, UInt32(0), false), (.echo, 0, 1, true), (.echo, 2, 2, true),
            (.broadcast, 0, 0, false), (.broadcast, 2, 1, false), (.broadcast, 0, 2, true),
            (.others, 0, 0, true), (.others, 1, 0, false), (.others, 2, 9, true),
        ]
    )
    func strays(reach: Reach, connection: Int, publisher: UInt32, isStray: Bool) {
        let counts = self.counts(connection, reach, [payload(stamp(publisher, 0))])
        #expect(counts == (isStray ? Counts(strays: 1) : Counts(delivered: 1)))
    }

    @Test("datagrams of another run, or with a changed length, count as foreign")
    func foreign() {
        let others = [
            [], payload(stamp(0, 0), byteCount: Stamp.byteCount - 1), payload(stamp(0, 0), byteCount: 64),
            payload(stamp(0, 0, tag: 10)), payload(stamp(0, 0, tag: 7)),
        ]
        #expect(self.counts(0, .broadcast, others) == Counts(foreign: others.count))
    }

    @Test("a late probe of this run counts neither as a delivery nor as foreign")
    func lateProbe() {
        #expect(self.counts(0, .broadcast, [payload(stamp(0, 0, tag: Stamp.probeTag(of: 8)))]) == Counts())
    }

    @Test("a run of frames is inspected frame by frame", arguments: [Framing.two, .four])
    func run(framing: Framing) {
        var frames: [UInt8] = []
        for number in 0..<UInt32(3) {
            let frame = payload(stamp(0, number))
            withUnsafeBytes(of: UInt32(frame.count).littleEndian) { frames += $0.prefix(framing.size) }
            frames += frame
        }
        var inspector = Inspector(of: 0, in: workload(.echo), tag: 8)
        var counts = Counts()
        var latencies = Latencies(since: 0)
        frames.withUnsafeBytes { bytes in
            inspector.inspect(DatagramRun(bytes: bytes, datagramCount: 3, framing: framing), at: 9, &counts, &latencies)
        }
        #expect(counts == Counts(delivered: 3))
        #expect(inspector.progress(of: 0) == 3)
    }
}

struct StampTests {
    @Test("a stamp reads back unchanged")
    func roundTrip() {
        let stamp = Stamp(messageType: 0x1234, tag: 0xFFFE, publisher: 70_000, sequence: .max, sentAt: 1 << 60)
        let bytes = payload(stamp, byteCount: 33)
        #expect(bytes.withUnsafeBytes { Stamp($0) } == stamp)
        #expect(Array(bytes[..<2]) == [0x34, 0x12])
    }
}
