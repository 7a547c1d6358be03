import Testing

@testable import PandaNet

@Suite("WriterQueue")
struct WriterQueueTests {
    @Test("it has as many places as its bound, 10,000 at first, and one that was given back is free")
    func bound() {
        let queue = WriterQueue(room: Signal())
        #expect(queue.maxSize == 10_000)
        queue.maxSize = 2
        #expect([queue.reserve(), queue.reserve(), queue.reserve()] == [true, true, false])
        #expect(queue.count == 2)
        #expect(queue.lacksRoom())
        queue.release()
        #expect(!queue.lacksRoom())
        #expect([queue.reserve(), queue.reserve()] == [true, false])
    }

    @Test("who waits for a place is woken when one is given back")
    func waiting() async {
        let room = Signal()
        let queue = WriterQueue(room: room)
        queue.maxSize = 1
        #expect(queue.reserve())
        let waiting = Task.detached { room.wait(timeout: patience) { queue.lacksRoom() } }
        queue.release()
        #expect(await waiting.value)
    }
}
