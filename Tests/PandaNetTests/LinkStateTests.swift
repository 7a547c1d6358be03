import Engine
import Testing
import Wire

@testable import PandaNet

@Suite("LinkState")
struct LinkStateTests {
    @Test("bytes up to the bound find room, one more does not; a longer datagram does when nothing waits")
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

    @Test("a datagram's place in its writer's queue is free once all of it was taken, or the connection has ended")
    func tickets() {
        var state = LinkState()
        let queue = WriterQueue(room: Signal())
        for _ in 0..<3 { state.handed(10, ticket: queue) }
        #expect(state.flushed(30, pendingBytes: 11).tickets.count == 1)
        #expect(state.flushed(0, pendingBytes: 10).tickets.count == 1)
        #expect(state.ended().tickets.count == 1)
    }

    @Test("who waits for room is told once")
    func awaited() {
        var state = LinkState()
        state.isAwaited = true
        #expect(state.flushed(0, pendingBytes: 0).isAwaited)
        #expect(!state.flushed(0, pendingBytes: 0).isAwaited)
        state.isAwaited = true
        #expect(state.closed().isAwaited)
    }

    @Test("an end is a reset once, and none after this program closed")
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

    @Test("collected datagrams are due after the interval since something was sent, or at once when it is off")
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
