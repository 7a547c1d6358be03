import Testing

@testable import PandaNet

@Suite("WriterQueue")
struct WriterQueueTests {
    @Test("a queue has as many slots as its bound, by default 10,000, and a released slot is free again")
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

    @Test("a thread that waits for a slot wakes when one is released")
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
