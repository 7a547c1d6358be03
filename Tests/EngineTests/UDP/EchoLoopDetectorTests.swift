import Testing
import Wire

@testable import Engine

@Suite("Echo loop detector")
struct EchoLoopDetectorTests {
    private static let start = Instant.seconds(10)

    private static func fingerprint(_ payload: [UInt8]) -> DatagramFingerprint {
        payload.withUnsafeBytes { DatagramFingerprint(of: $0) }
    }

    /// Sends each datagram back unless the detector withholds it.
    private final class Relay {
        var detector = EchoLoopDetector()

        /// - Returns: whether it was sent back.
        func echo(_ payload: [UInt8], at time: Duration = .zero) -> Bool {
            let datagram = EchoLoopDetectorTests.fingerprint(payload)
            self.detector.heard(datagram, at: EchoLoopDetectorTests.start + time)
            guard !self.detector.withholds(datagram) else { return false }
            self.detector.sent(datagram)
            return true
        }
    }

    private let relay = Relay()

    @Test("twenty datagrams that equal the answer before them end the answers, until another one comes")
    func repetition() {
        for _ in 0...19 { #expect(self.relay.echo([1])) }
        for _ in 0..<5 { #expect(!self.relay.echo([1])) }
        #expect(self.relay.echo([2]))
        for _ in 0...19 { #expect(self.relay.echo([1])) }
        #expect(!self.relay.echo([1]))
    }

    @Test("a second without a datagram ends the silence, and less does not")
    func silence() {
        for _ in 0...19 { #expect(self.relay.echo([1])) }
        #expect(!self.relay.echo([1], at: .milliseconds(999)))
        #expect(!self.relay.echo([1], at: .milliseconds(1998)))
        #expect(self.relay.echo([1], at: .milliseconds(2998)))
    }

    @Test("who sends by turns is always answered")
    func turns() {
        for number in 0..<100 { #expect(self.relay.echo([UInt8(number % 2)])) }
    }

    @Test("what differs from the looping datagram still reaches the peer")
    func others() {
        for _ in 0...20 { _ = self.relay.echo([1]) }
        #expect(self.relay.detector.withholds(Self.fingerprint([1])))
        #expect(!self.relay.detector.withholds(Self.fingerprint([2])))
        self.relay.detector.sent(Self.fingerprint([2]))
        #expect(self.relay.echo([1]), "it is not the answer just sent any more")
    }
}
