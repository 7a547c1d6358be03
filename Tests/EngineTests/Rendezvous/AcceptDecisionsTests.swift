import Glibc
import Testing

@testable import Engine

@Suite("Accept decisions")
struct AcceptDecisionsTests {
    @Test(
        "each error of accept has the matching consequence",
        arguments: [
            (EAGAIN, .noClient), (ECONNABORTED, .goOn), (EINTR, .goOn), (EMFILE, .backOff), (ENFILE, .backOff),
            (ENOBUFS, .backOff), (ENOMEM, .backOff), (EPROTO, .backOff), (EPERM, .backOff), (ENETDOWN, .backOff),
            (EIO, .backOff), (EBADF, .lost), (EINVAL, .lost),
        ] as [(CInt, AcceptFailure)]
    )
    func kinds(code: CInt, kind: AcceptFailure) {
        #expect(AcceptFailure(code: code) == kind)
    }

    /// Accepts up to a batch of the waiting clients.
    ///
    /// - Returns: the number of accept calls.
    private func accept(_ waiting: inout Int, with batch: inout AcceptBatch) -> Int {
        let size = batch.size
        let count = min(size, waiting)
        waiting -= count
        if count == size { batch.wasFull() } else { batch.ranOut(after: count) }
        return count == size ? size : count + 1
    }

    @Test("clients that connect one by one cost little more than one call each")
    func single() {
        var batch = AcceptBatch()
        var calls = 0
        for _ in 0..<1000 {
            var waiting = 1
            while waiting > 0 { calls += self.accept(&waiting, with: &batch) }
        }
        #expect(calls < 1100)
    }

    @Test("a crowd is accepted in few turns, with at most 64 clients each", arguments: [0, 1000])
    func crowd(singlesBefore: Int) {
        var batch = AcceptBatch()
        for _ in 0..<singlesBefore {
            var waiting = 1
            _ = self.accept(&waiting, with: &batch)
        }
        var (waiting, turns, calls) = (5000, 0, 0)
        while waiting > 0 {
            #expect(batch.size <= AcceptBatch.sizeMax)
            calls += self.accept(&waiting, with: &batch)
            turns += 1
        }
        #expect(turns < 5000 / AcceptBatch.sizeMax + 10 + AcceptBatch.patienceMax)
        #expect(calls <= 5001)
    }

    @Test("a single client after a crowd reduces the batch size")
    func afterCrowd() {
        var batch = AcceptBatch()
        for _ in 0..<20 { batch.wasFull() }
        #expect(batch.size == AcceptBatch.sizeMax)
        batch.ranOut(after: 1)
        #expect(batch.size == 1)
        batch.ranOut(after: 0)
        #expect(batch.size == 1)
    }

    @Test("the delay before reopening a lost listener doubles up to a limit")
    func reopening() {
        var delay = ReopeningDelay()
        #expect((0..<6).map { _ in delay.next() } == [50, 100, 200, 400, 800, 800].map { .milliseconds($0) })
    }
}
