import Testing

@testable import Bench

struct PublisherTests {
    @Test("datagrams that the witness has received, or that were overtaken, are no longer in flight")
    func inFlight() {
        var publisher = Publisher(now: 0)
        let numbers = (0..<5).map { _ in publisher.publish() }
        #expect(numbers == [0, 1, 2, 3, 4])
        #expect(publisher.inFlight == 5)
        publisher.progressed(to: 3, at: 1)
        #expect(publisher.inFlight == 2)
        publisher.progressed(to: 2, at: 2)
        #expect(publisher.inFlight == 2)
    }

    @Test("datagrams in flight are given up after a stall")
    func stall() {
        var publisher = Publisher(now: 0)
        _ = publisher.publish()
        publisher.progressed(to: 1, at: 50)
        _ = publisher.publish()
        let end = 50 + Publisher.patience
        let gaveUp = [end - 1, end, .max].map { publisher.giveUpIfStalled(at: $0) }
        #expect(gaveUp == [false, true, false])
        #expect(publisher.inFlight == 0)
    }

    @Test("the late arrival of an abandoned datagram changes no count")
    func lateArrival() {
        var publisher = Publisher(now: 0)
        _ = publisher.publish()
        _ = publisher.giveUpIfStalled(at: Publisher.patience)
        publisher.progressed(to: 1, at: Publisher.patience + 1)
        #expect(publisher.inFlight == 0)
    }
}
