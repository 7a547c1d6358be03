import Testing
import Wire

@testable import Engine

@Suite("Echo loop detector")
struct EchoLoopDetectorTests {
    private static let start = Instant.seconds(10)

    private static func fingerprint(_ payload: [UInt8]) -> DatagramFingerprint {
        payload.withUnsafeBytes { DatagramFingerprint(of: $0) }
    }

    /// Echoes each datagram unless the detector withholds it.
    private final class Relay {
        var detector = EchoLoopDetector()

        /// - Returns: whether the datagram was echoed.
        func echo(_ payload: [UInt8], at time: Duration = .zero) -> Bool {
            let datagram = EchoLoopDetectorTests.fingerprint(payload)
            self.detector.heard(datagram, at: EchoLoopDetectorTests.start + time)
            guard !self.detector.withholds(datagram) else { return false }
            self.detector.sent(datagram)
            return true
        }
    }

    private let relay = Relay()

    @Test("after twenty datagrams that equal the previous answer, answers stop until a different datagram arrives")
    func repetition() {
        for _ in 0...19 { #expect(self.relay.echo([1])) }
        for _ in 0..<5 { #expect(!self.relay.echo([1])) }
        #expect(self.relay.echo([2]))
        for _ in 0...19 { #expect(self.relay.echo([1])) }
        #expect(!self.relay.echo([1]))
    }

    @Test("a second without a datagram ends the withholding, and less does not")
    func silence() {
        for _ in 0...19 { #expect(self.relay.echo([1])) }
        #expect(!self.relay.echo([1], at: .milliseconds(999)))
        #expect(!self.relay.echo([1], at: .milliseconds(1998)))
        #expect(self.relay.echo([1], at: .milliseconds(2998)))
    }

    @Test("a peer that alternates its datagrams is always answered")
    func turns() {
        for number in 0..<100 { #expect(self.relay.echo([UInt8(number % 2)])) }
    }

    @Test("a different datagram still reaches the peer during a loop")
    func others() {
        for _ in 0...20 { _ = self.relay.echo([1]) }
        #expect(self.relay.detector.withholds(Self.fingerprint([1])))
        #expect(!self.relay.detector.withholds(Self.fingerprint([2])))
        self.relay.detector.sent(Self.fingerprint([2]))
        #expect(self.relay.echo([1]), "the datagram no longer equals the previous answer")
    }
}
