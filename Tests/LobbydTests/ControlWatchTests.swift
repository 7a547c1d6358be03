import Testing

@testable import lobbyd

@Suite("ControlWatch")
struct ControlWatchTests {
    @Test("while the socket's file exists, no event is reported")
    func quiet() {
        var watch = ControlWatch()
        for _ in 1...3 { #expect(watch.found() == []) }
    }

    @Test("a file that is restored at once is reported as lost and reopened")
    func atOnce() {
        var watch = ControlWatch()
        #expect(watch.reopened(after: "gone") == [.lost(reason: "gone"), .reopened])
        #expect(watch.found() == [])
    }

    @Test("a loss is reported once for each reason, and its end once")
    func once() {
        var watch = ControlWatch()
        #expect(watch.lost("no directory") == [.lost(reason: "no directory")])
        #expect(watch.lost("no directory") == [])
        #expect(watch.lost("occupied") == [.lost(reason: "occupied")])
        #expect(watch.reopened(after: "gone") == [.reopened])
        #expect(watch.found() == [])
    }

    @Test("a file that returns by itself ends the loss")
    func back() {
        var watch = ControlWatch()
        _ = watch.lost("occupied")
        #expect(watch.found() == [.reopened])
        #expect(watch.found() == [])
    }
}
