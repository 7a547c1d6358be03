import Wire

/// Detects a peer that sends each answer back. Two relays, or a relay and an echo service, would otherwise answer each
/// other forever.
///
/// If 20 datagrams in a row each equal the last answer to the peer, a further answer with the same content is withheld.
/// The peer is answered again after a different datagram, or after a second without any datagram.
struct EchoLoopDetector: Sendable {
    /// The number of consecutive datagrams that must equal the answer before them.
    static let repetitionsMax = 20
    /// The time without a datagram after which the peer is answered again.
    static let silence = Duration.seconds(1)

    private var answer: DatagramFingerprint?
    private var repetitions = 0
    private var heardAt = Instant(nanoseconds: 0)

    /// A datagram has arrived from the peer.
    mutating func heard(_ datagram: DatagramFingerprint, at now: Instant) {
        if now - self.heardAt >= Self.silence { self.repetitions = 0 }
        self.heardAt = now
        self.repetitions = datagram == self.answer ? min(self.repetitions + 1, Self.repetitionsMax) : 0
    }

    /// A datagram was sent to the peer.
    mutating func sent(_ datagram: DatagramFingerprint) {
        self.answer = datagram
    }

    /// Whether this datagram must not be sent to the peer.
    func withholds(_ datagram: DatagramFingerprint) -> Bool {
        self.repetitions == Self.repetitionsMax && datagram == self.answer
    }
}
