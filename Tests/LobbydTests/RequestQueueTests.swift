import Testing

@testable import lobbyd

@Suite("Requests to the daemon")
struct RequestQueueTests {
    private let hangUp = ReloadRequest(origin: .signal(.hangUp))
    private let operator1 = ReloadRequest(origin: .control(uid: 1)) { _ in }

    @Test("a reload answers all earlier requests and counts a repeated signal once; later requests need another")
    func coalesced() {
        var queue = RequestQueue()
        let added = [self.hangUp, self.operator1, self.hangUp, self.operator1].map { queue.add($0) }
        #expect(added == [true, true, true, true])
        let first = queue.next()
        #expect(first?.request.origins == [.signal(.hangUp), .control(uid: 1), .control(uid: 1)])
        #expect(queue.isEmpty)
        let isLaterAdded = queue.add(self.operator1)
        #expect(isLaterAdded)
        let second = queue.next()
        #expect(second?.request.origins == [.control(uid: 1)])
        let third = queue.next()
        #expect(third?.request == nil)
    }

    @Test("a stop comes before waiting reloads, which are reported as too late")
    func stopFirst() {
        var queue = RequestQueue()
        let isInTime = queue.add(self.operator1)
        queue.add(stop: .signal(.terminate))
        let isLate = !queue.add(self.hangUp)
        #expect(isInTime && isLate)
        let next = queue.next()
        #expect(next?.request.origins == [.signal(.terminate)])
        #expect(next?.late.map(\.origin) == [.control(uid: 1)])
        #expect(queue.isEmpty)
    }

    @Test("after a stop, no request is accepted")
    func afterStop() {
        var queue = RequestQueue()
        queue.add(stop: .signal(.interrupt))
        queue.add(stop: .signal(.terminate))
        let next = queue.next()
        #expect(next?.request.origins == [.signal(.interrupt)])
        queue.add(stop: .control(uid: 0))
        let isLate = !queue.add(self.hangUp)
        #expect(isLate)
        #expect(queue.isEmpty)
    }

    @Test("a reload request after a stop is answered at once")
    func answered() async {
        let mailbox = RequestMailbox()
        mailbox.requestStop(.signal(.terminate))
        await confirmation { answered in
            mailbox.requestReload(.control(uid: 1)) { outcome in
                #expect(outcome == .stopping)
                answered()
            }
        }
        #expect(mailbox.take().origins == [.signal(.terminate)])
    }

    @Test("a waiting reload is answered when the daemon stops")
    func late() async {
        let mailbox = RequestMailbox()
        await confirmation { answered in
            mailbox.requestReload(.control(uid: 1)) { outcome in
                #expect(outcome == .stopping)
                answered()
            }
            mailbox.requestStop(.control(uid: 2))
            #expect(mailbox.take().origins == [.control(uid: 2)])
        }
    }
}

extension DaemonRequest {
    fileprivate var origins: [RequestOrigin] {
        switch self {
        case .stop(let origin): [origin]
        case .reload(let requests): requests.map(\.origin)
        }
    }
}
