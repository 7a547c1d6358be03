import Engine
import Testing
import Wire

@testable import PandaNet

@Suite("LinkState")
struct LinkStateTests {
    @Test("bytes up to the bound have room, and one more does not; a longer datagram fits into an empty queue")
    func room() {
        var state = LinkState()
        #expect(state.hasRoom(for: 1_000, bytesMax: 100))
        state.handed(60, ticket: nil)
        #expect(state.hasRoom(for: 40, bytesMax: 100))
        #expect(!state.hasRoom(for: 41, bytesMax: 100))
        _ = state.flushed(60, pendingBytes: 10)
        #expect(state.waitingBytes == 10)
        #expect(state.hasRoom(for: 90, bytesMax: 100))
        _ = state.flushed(0, pendingBytes: 0)
        #expect(state.hasRoom(for: 1_000, bytesMax: 100))
    }

    @Test("a datagram's queue slot is free after its last byte was taken, or when the connection ends")
    func tickets() {
        var state = LinkState()
        let queue = WriterQueue(room: Signal())
        for _ in 0..<3 { state.handed(10, ticket: queue) }
        #expect(state.flushed(30, pendingBytes: 11).tickets.count == 1)
        #expect(state.flushed(0, pendingBytes: 10).tickets.count == 1)
        #expect(state.ended().tickets.count == 1)
    }

    @Test("a waiting sender is notified once, when there is room or the connection closes")
    func awaited() {
        var state = LinkState()
        state.isAwaited = true
        #expect(state.flushed(0, pendingBytes: 0).isAwaited)
        #expect(!state.flushed(0, pendingBytes: 0).isAwaited)
        state.isAwaited = true
        #expect(state.closed().isAwaited)
    }

    @Test("an end by the peer is reported as one reset, and a close by the program is not reported")
    func reset() {
        var lost = LinkState()
        let early = lost.takeReset()
        #expect(!early)
        _ = lost.ended()
        let resets = [lost.takeReset(), lost.takeReset()]
        #expect(resets == [true, false])
        var closed = LinkState()
        _ = closed.closed()
        _ = closed.ended()
        let afterClose = closed.takeReset()
        #expect(!afterClose)
    }

    @Test("collected datagrams are due one interval after the last send, at 32 KiB, or at once if collecting is off")
    func collecting() {
        var state = LinkState()
        #expect(state.isCollectionDue(at: Instant(nanoseconds: 0)))
        state.collecting.isOn = true
        _ = state.takeCollected(at: Instant(nanoseconds: 1_000))
        state.collect(Datagram(bytes: 1), framing: .two)
        #expect(!state.isCollectionDue(at: Instant(nanoseconds: 200_000_999)))
        #expect(state.isCollectionDue(at: Instant(nanoseconds: 200_001_000)))
        state.collect(Datagram(bytes: 2, 3), framing: nil)
        state.collect(Datagram(), framing: .four)
        let collected = state.takeCollected(at: Instant(nanoseconds: 1_000))
        #expect(collected.bytes == [1, 0, 1, 2, 3, 0, 0, 0, 0])
        #expect(collected.datagramCount == 3)
        state.collect(Datagram([UInt8](repeating: 0, count: LinkState.Collecting.bytesMax)), framing: nil)
        #expect(state.isCollectionDue(at: Instant(nanoseconds: 1_001)))
    }
}
